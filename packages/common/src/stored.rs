//! Structs that are stored as vectors.

/// Declares a struct that is stored as the vector of its fields, in their order: the names of the
/// fields would take as much room on the ledger as what is in them. Code reads and writes them by
/// name. A field is never added, removed or moved: that would be another shape.
///
/// ```ignore
/// stored! {
///     pub struct Shelf {
///         pub owner: Address,
///         pub books: u32,
///     }
/// }
/// ```
#[macro_export]
macro_rules! stored {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$field_attribute:meta])* $field_visibility:vis $field:ident: $kind:ty,)*
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$field_attribute])* $field_visibility $field: $kind,)*
        }

        impl $name {
            const FIELDS: usize = [$(stringify!($field)),*].len();
        }

        impl soroban_sdk::TryFromVal<soroban_sdk::Env, soroban_sdk::Val> for $name {
            type Error = soroban_sdk::ConversionError;

            #[inline(always)]
            fn try_from_val(
                env: &soroban_sdk::Env,
                value: &soroban_sdk::Val,
            ) -> Result<Self, Self::Error> {
                use soroban_sdk::{ConversionError, EnvBase, Val, VecObject};
                let vector: VecObject = (*value).try_into().map_err(|_| ConversionError)?;
                let mut fields = [Val::VOID.to_val(); Self::FIELDS];
                env.vec_unpack_to_slice(vector, &mut fields)
                    .map_err(|_| ConversionError)?;
                let [$($field),*] = &fields;
                Ok(Self {
                    $($field: <$kind as soroban_sdk::TryFromVal<_, _>>::try_from_val(env, $field)
                        .map_err(|_| ConversionError)?,)*
                })
            }
        }

        impl soroban_sdk::TryFromVal<soroban_sdk::Env, $name> for soroban_sdk::Val {
            type Error = soroban_sdk::ConversionError;

            #[inline(always)]
            fn try_from_val(
                env: &soroban_sdk::Env,
                value: &$name,
            ) -> Result<Self, Self::Error> {
                use soroban_sdk::{ConversionError, EnvBase, TryIntoVal as _, Val};
                let fields: [Val; $name::FIELDS] = [
                    $((&value.$field).try_into_val(env).map_err(|_| ConversionError)?,)*
                ];
                let vector = env.vec_new_from_slice(&fields).map_err(|_| ConversionError)?;
                Ok(vector.into())
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use soroban_sdk::{vec, Env, IntoVal, TryFromVal, Val, Vec};

    stored! {
        #[derive(Clone, Debug, Eq, PartialEq)]
        struct Shelf {
            books: u32,
            owner: Option<u64>,
        }
    }

    #[test]
    fn a_struct_is_stored_as_its_fields_in_their_order() {
        let env = Env::default();
        let shelf = Shelf {
            books: 7,
            owner: None,
        };
        let value: Val = shelf.into_val(&env);
        let fields: Vec<Val> = Vec::try_from_val(&env, &value).expect("a vector");
        let expected: Vec<Val> = vec![&env, 7_u32.into_val(&env), ().into_val(&env)];
        assert_eq!(fields, expected);
        assert_eq!(Shelf::try_from_val(&env, &value), Ok(shelf));
    }

    #[test]
    #[should_panic(expected = "Error(Object, UnexpectedSize)")]
    fn a_vector_of_another_length_is_refused() {
        let env = Env::default();
        let short: Val = vec![&env, 7_u32].into_val(&env);
        Shelf::try_from_val(&env, &short).ok();
    }
}
