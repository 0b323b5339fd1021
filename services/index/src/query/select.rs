//! A builder for SQL statements with conditions, and pages of results.

use crate::answers::Page;
use sqlx::{any::AnyArguments, query::Query, Any};

/// The page of a list to read.
#[derive(Debug, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Items per page; default 20.
    #[param(minimum = 1, maximum = 100, default = 20, value_type = Option<u32>)]
    pub limit: usize,
    /// The `next` of the previous page.
    pub after: Option<String>,
}

/// A bound value of a statement.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Number(i64),
    Real(f64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

/// Values above 63 bits exceed every column.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

/// A statement with its values. A `?` in an added part is the place of a value.
pub struct Select {
    pub sql: String,
    values: Vec<Value>,
}

impl Select {
    pub fn new(sql: &str) -> Self {
        Self::with(sql, [])
    }

    pub fn with(sql: &str, values: impl IntoIterator<Item = Value>) -> Self {
        let mut select = Self {
            sql: String::new(),
            values: Vec::new(),
        };
        select.push(sql, values);
        select.sql.push_str(" WHERE 1 = 1");
        select
    }

    /// Adds a condition, joined by AND.
    pub fn and(&mut self, condition: &str, value: impl Into<Value>) {
        self.and_all(condition, [value.into()]);
    }

    pub fn and_all(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.push(condition, values);
    }

    /// Adds the condition if there is a value to compare with.
    pub fn and_some(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.and(condition, value);
        }
    }

    /// In this order, the first of them.
    pub fn first(&mut self, order: &str, most: usize) {
        self.sql
            .push_str(&format!(" ORDER BY {order} LIMIT {most}"));
    }

    fn push(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        let mut parts = sql.split('?');
        self.sql.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            self.values.push(value);
            self.sql.push_str(&format!("${}{part}", self.values.len()));
        }
    }

    pub fn query(&self) -> Query<'_, Any, AnyArguments<'_>> {
        let query = sqlx::query(&self.sql);
        self.values.iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text.as_str()),
            Value::Number(number) => query.bind(*number),
            Value::Real(number) => query.bind(*number),
        })
    }
}

/// The first `limit` of `items`; one extra item means that another page follows.
pub fn page<T: utoipa::ToSchema>(
    mut items: Vec<T>,
    limit: usize,
    cursor: impl Fn(&T) -> String,
) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(cursor);
    Page { items, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_get_their_places_in_order() {
        let mut select = Select::with("SELECT x * ? FROM t", [Value::Real(2.0)]);
        select.and("a = ?", 1_i64);
        select.and_some("b = ?", None::<i64>);
        select.and_all("(c < ? OR d = ?)", [1_i64.into(), "x".into()]);
        select.first("a", 3);
        assert_eq!(
            select.sql,
            "SELECT x * $1 FROM t WHERE 1 = 1 AND a = $2 AND (c < $3 OR d = $4) ORDER BY a LIMIT 3"
        );
        assert_eq!(select.values.len(), 4);
    }
}
