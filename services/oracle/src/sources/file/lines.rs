//! Reads lines, with bounded memory whatever is in the file.

use anyhow::Result;
use std::io::{self, BufRead};

const LINES_PER_CHUNK: usize = 5_000;
const BYTES_PER_CHUNK: usize = 4 * 1_024 * 1_024;
/// A longer line cannot be a log line: only its beginning is used.
const MAX_LINE_BYTES: usize = 64 * 1_024;

/// What a last line without a newline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastLine {
    Complete,
    /// It is still being written.
    Unfinished,
}

/// Consecutive lines of a file.
#[derive(Debug, Default)]
pub struct Chunk {
    pub lines: Vec<String>,
    /// How many bytes of the file they take.
    pub file_bytes: u64,
}

/// The next lines. Invalid UTF-8 is replaced.
pub fn next_chunk(reader: &mut impl BufRead, last: LastLine) -> Result<Chunk> {
    let mut chunk = Chunk::default();
    let mut text_bytes = 0;
    while chunk.lines.len() < LINES_PER_CHUNK && text_bytes < BYTES_PER_CHUNK {
        let mut line = Vec::new();
        let (file_bytes, has_ended) = read_line(reader, &mut line)?;
        if file_bytes == 0 || (!has_ended && last == LastLine::Unfinished) {
            break;
        }
        chunk.file_bytes += file_bytes;
        text_bytes += line.len();
        let text = String::from_utf8_lossy(&line);
        chunk.lines.push(text.trim_end_matches('\r').to_owned());
    }
    Ok(chunk)
}

/// Reads up to a newline. Returns how many bytes that took, and whether there was a newline. Skips NULs before the
/// line: a file that is truncated while a program writes to it begins with them.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<(u64, bool)> {
    let mut file_bytes = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok((file_bytes, false));
        }
        let newline = buffer.iter().position(|byte| *byte == b'\n');
        let part = buffer.get(..newline.unwrap_or(buffer.len()));
        let mut part = part.unwrap_or_default();
        let consumed = part.len() + usize::from(newline.is_some());
        if line.is_empty() {
            let nuls = part.iter().take_while(|byte| **byte == 0).count();
            part = part.get(nuls..).unwrap_or_default();
        }
        let room = MAX_LINE_BYTES.saturating_sub(line.len());
        line.extend(part.iter().take(room));
        file_bytes += consumed as u64;
        reader.consume(consumed);
        if newline.is_some() {
            return Ok((file_bytes, true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read};

    fn chunk(text: &[u8], last: LastLine) -> Chunk {
        next_chunk(&mut BufReader::new(text), last).unwrap()
    }

    #[test]
    fn nuls_before_a_line_are_skipped_and_nuls_inside_stay() {
        let mut text = vec![0; 200 * 1_024];
        text.extend(b"first\r\n\0\0sec\0ond\n\0\0");
        let read = chunk(&text, LastLine::Unfinished);
        assert_eq!(read.lines, ["first", "sec\0ond"]);
        assert_eq!(read.file_bytes, text.len() as u64 - 2);
    }

    #[test]
    fn a_last_line_without_a_newline_counts_where_it_is_complete() {
        assert_eq!(chunk(b"a\nb", LastLine::Complete).lines, ["a", "b"]);
        let read = chunk(b"a\nb", LastLine::Unfinished);
        assert_eq!((read.lines.len(), read.file_bytes), (1, 2));
    }

    #[test]
    fn a_line_of_any_length_takes_bounded_memory() {
        let endless = io::repeat(b'x').take(100 << 20);
        let text = endless.chain(&b"\nnext\n"[..]);
        let mut reader = BufReader::new(text);
        let read = next_chunk(&mut reader, LastLine::Complete).unwrap();
        assert_eq!(read.lines[0].len(), MAX_LINE_BYTES);
        assert_eq!(read.lines[1], "next");
        assert_eq!(read.file_bytes, (100 << 20) + 6);
    }

    #[test]
    fn a_chunk_of_long_lines_is_bounded() {
        let text = vec![b'x'; MAX_LINE_BYTES];
        let text = [&text[..], b"\n"].concat().repeat(200);
        let read = chunk(&text, LastLine::Complete);
        assert_eq!(read.lines.len(), BYTES_PER_CHUNK / MAX_LINE_BYTES);
    }
}
