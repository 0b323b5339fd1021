//! Checks that a contract's stack is large enough for its deepest chain of calls.
//!
//! Locals whose address is taken live in a stack in linear memory. It lies below everything else and
//! grows downwards to address zero, so an overflow traps and overwrites nothing. This check makes
//! sure that no contract gets that far: the deepest chain of calls, added up from the code, has to fit.

use anyhow::{bail, Context, Result};
use wasmparser::{
    ConstExpr, DataKind, ElementItems, FunctionBody, Global, Operator, Parser, Payload, TypeRef,
    ValType,
};

/// The largest stack that is allowed: every call pays for the memory that a contract starts with.
/// `contracts/build.rs` passes it to the linker.
const MOST_BYTES: u32 = 32_768;

/// The stack of a contract.
#[derive(Debug, PartialEq, Eq)]
pub struct Stack {
    pub bytes: u32,
    /// The most that the deepest chain of calls uses of it.
    pub deepest_bytes: u32,
}

/// Measures the stack of `wasm`.
///
/// # Errors
///
/// When it is longer than it should be, does not lie below the data, could overflow, or cannot be
/// measured: because of recursion, or a frame whose size is not a constant.
pub fn verify(wasm: &[u8]) -> Result<Stack> {
    let code = Code::read(wasm)?;
    // The optimiser removes the pointer of a stack that is never used.
    let bytes = code.stack_top.unwrap_or(0);
    if bytes > MOST_BYTES {
        bail!("a stack of {bytes} bytes, more than {MOST_BYTES}: see contracts/build.rs");
    }
    if let Some(offset) = code.lowest_data.filter(|offset| *offset < bytes) {
        bail!("data at {offset}, inside the stack of {bytes} bytes: link with --stack-first");
    }
    let deepest_bytes = code.deepest()?;
    if deepest_bytes > bytes {
        bail!("calls nest so deeply that they take {deepest_bytes} bytes of stack; it has {bytes}");
    }
    Ok(Stack {
        bytes,
        deepest_bytes,
    })
}

/// One function of the module.
#[derive(Default)]
struct Function {
    frame_bytes: u32,
    calls: Vec<u32>,
    /// Types of the functions called through the table.
    indirect: Vec<u32>,
    type_index: u32,
}

#[derive(Default)]
struct Code {
    /// The one mutable global, and where it starts.
    stack_pointer: Option<u32>,
    stack_top: Option<u32>,
    lowest_data: Option<u32>,
    imported: usize,
    type_of: Vec<u32>,
    functions: Vec<Function>,
    /// Functions that the table holds.
    table: Vec<u32>,
}

impl Code {
    fn read(wasm: &[u8]) -> Result<Self> {
        let mut code = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            code.take(payload.context("not a Wasm module")?)?;
        }
        Ok(code)
    }

    fn take(&mut self, payload: Payload) -> Result<()> {
        match payload {
            Payload::ImportSection(imports) => {
                for import in imports {
                    self.imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(types) => {
                self.type_of = types.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::GlobalSection(globals) => {
                for (nth, global) in (0..).zip(globals) {
                    self.take_global(nth, &global?)?;
                }
            }
            Payload::ElementSection(elements) => {
                for element in elements {
                    let ElementItems::Functions(items) = element?.items else {
                        bail!("a table of expressions is not understood");
                    };
                    for item in items {
                        self.table.push(item?);
                    }
                }
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    if let DataKind::Active { offset_expr, .. } = segment?.kind {
                        let offset = constant(&offset_expr)?;
                        self.lowest_data =
                            Some(self.lowest_data.map_or(offset, |low| low.min(offset)));
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let type_index = self.type_of.get(self.functions.len()).copied();
                let type_index = type_index.context("a body without a function")?;
                self.functions
                    .push(Function::read(&body, type_index, self.stack_pointer)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn take_global(&mut self, nth: u32, global: &Global) -> Result<()> {
        if !global.ty.mutable {
            return Ok(());
        }
        if self.stack_pointer.is_some() || global.ty.content_type != ValType::I32 {
            bail!("mutable global {nth}: only the stack pointer is understood");
        }
        self.stack_pointer = Some(nth);
        self.stack_top = Some(constant(&global.init_expr)?);
        Ok(())
    }

    /// Bytes of the deepest chain of calls, whatever it starts from.
    fn deepest(&self) -> Result<u32> {
        let mut depths = vec![Depth::Unknown; self.functions.len()];
        let mut deepest = 0;
        for nth in 0..self.functions.len() {
            deepest = deepest.max(self.depth(nth, &mut depths)?);
        }
        Ok(deepest)
    }

    fn depth(&self, nth: usize, depths: &mut [Depth]) -> Result<u32> {
        match depths[nth] {
            Depth::Known(bytes) => return Ok(bytes),
            Depth::Open => bail!("function {} can call itself", nth + self.imported),
            Depth::Unknown => {}
        }
        depths[nth] = Depth::Open;
        let mut below = 0;
        for callee in self.callees(&self.functions[nth]) {
            below = below.max(self.depth(callee, depths)?);
        }
        let bytes = self.functions[nth].frame_bytes.saturating_add(below);
        depths[nth] = Depth::Known(bytes);
        Ok(bytes)
    }

    /// The module's own functions that this one may call: host functions have their own stack.
    fn callees(&self, function: &Function) -> Vec<usize> {
        let own = |index: &u32| usize::try_from(*index).ok()?.checked_sub(self.imported);
        let mut callees: Vec<_> = function.calls.iter().filter_map(own).collect();
        for type_index in &function.indirect {
            let fits = |nth: &usize| self.functions[*nth].type_index == *type_index;
            callees.extend(self.table.iter().filter_map(own).filter(fits));
        }
        callees
    }
}

#[derive(Clone, Copy)]
enum Depth {
    Unknown,
    /// Its calls are being followed: meeting it again is recursion.
    Open,
    Known(u32),
}

impl Function {
    /// A function opens its frame by subtracting a constant from the stack pointer. Inlining leaves
    /// several such constants in one function; their sum is an upper bound.
    fn read(body: &FunctionBody, type_index: u32, stack_pointer: Option<u32>) -> Result<Self> {
        let mut function = Self {
            type_index,
            ..Self::default()
        };
        let operators = body.get_operators_reader()?;
        let operators: Vec<Operator> = operators.into_iter().collect::<Result<_, _>>()?;
        let mut moves = false;
        for (at, operator) in operators.iter().enumerate() {
            match operator {
                Operator::Call { function_index } => function.calls.push(*function_index),
                Operator::CallIndirect { type_index, .. } => function.indirect.push(*type_index),
                Operator::GlobalSet { global_index } if Some(*global_index) == stack_pointer => {
                    moves = true;
                }
                Operator::GlobalGet { global_index } if Some(*global_index) == stack_pointer => {
                    let frame = frame_opened(&operators[at + 1..]);
                    let frame = frame.context("a frame whose size is not a constant")?;
                    function.frame_bytes = function.frame_bytes.saturating_add(frame);
                }
                _ => {}
            }
        }
        if moves && function.frame_bytes == 0 {
            bail!("the stack pointer moves by something that is not a constant");
        }
        Ok(function)
    }
}

/// The constant that is subtracted from the stack pointer, which was just read, perhaps from a local.
fn frame_opened(next: &[Operator]) -> Option<u32> {
    match next {
        [Operator::I32Const { value }, Operator::I32Sub, ..] => u32::try_from(*value).ok(),
        [Operator::I32Const { value }, Operator::I32Add, ..] => {
            u32::try_from(value.checked_neg()?).ok()
        }
        [Operator::LocalTee { .. }, rest @ ..] => frame_opened(rest),
        [Operator::LocalSet { local_index: kept }, rest @ ..] => {
            let is_read = |operator: &Operator| matches!(operator, Operator::LocalGet { local_index } if local_index == kept);
            frame_opened(&rest[rest.iter().position(is_read)? + 1..])
        }
        _ => None,
    }
}

fn constant(expression: &ConstExpr) -> Result<u32> {
    let mut operators = expression.get_operators_reader().into_iter();
    match operators.next().transpose()? {
        Some(Operator::I32Const { value }) => Ok(u32::try_from(value)?),
        other => bail!("{other:?} where a constant is expected"),
    }
}

#[cfg(test)]
#[path = "stack_tests.rs"]
mod tests;
