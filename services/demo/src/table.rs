//! Tables as aligned text.

use std::fmt;

/// A table with a head, rows, and optionally a sum below a rule.
pub struct Table {
    /// Titles, and whether the column is right-aligned.
    head: Vec<(&'static str, bool)>,
    rows: Vec<Vec<String>>,
    sum: Option<Vec<String>>,
}

impl Table {
    /// Text columns come first, left-aligned; figures follow, right-aligned.
    pub fn new(texts: &[&'static str], figures: &[&'static str]) -> Self {
        let texts = texts.iter().map(|title| (*title, false));
        let figures = figures.iter().map(|title| (*title, true));
        Self {
            head: texts.chain(figures).collect(),
            rows: Vec::new(),
            sum: None,
        }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.head.len(), "one cell per column");
        self.rows.push(cells);
    }

    pub fn sum(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.head.len(), "one cell per column");
        self.sum = Some(cells);
    }

    fn widths(&self) -> Vec<usize> {
        let width = |text: &str| text.chars().count();
        let columns = self.head.iter().enumerate();
        columns
            .map(|(nth, (title, _))| {
                let cells = self
                    .rows
                    .iter()
                    .chain(&self.sum)
                    .map(|row| width(&row[nth]));
                cells.chain([width(title)]).max().unwrap_or(0)
            })
            .collect()
    }

    fn line(&self, cells: &[impl AsRef<str>], widths: &[usize]) -> String {
        let columns = self.head.iter().zip(cells).zip(widths);
        let padded = columns.map(|(((_, right), cell), width)| {
            let cell = cell.as_ref();
            if *right {
                format!("{cell:>width$}")
            } else {
                format!("{cell:<width$}")
            }
        });
        let line = padded.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let widths = self.widths();
        let rule = "-".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1));
        let titles: Vec<_> = self.head.iter().map(|(title, _)| title).collect();
        writeln!(f, "{}", self.line(&titles, &widths))?;
        writeln!(f, "{rule}")?;
        for row in &self.rows {
            writeln!(f, "{}", self.line(row, &widths))?;
        }
        if let Some(sum) = &self.sum {
            writeln!(f, "{rule}")?;
            writeln!(f, "{}", self.line(sum, &widths))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["who"], &["paid", "fee"]);
        let cells = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        table.row(cells(["Ada", "1.5", "0.25"]));
        table.row(cells(["Mallory", "12345.0", "0"]));
        table.sum(cells(["", "12346.5", "0.25"]));
        let shown = "\
who         paid   fee
----------------------
Ada          1.5  0.25
Mallory  12345.0     0
----------------------
         12346.5  0.25
";
        assert_eq!(table.to_string(), shown);
    }
}
