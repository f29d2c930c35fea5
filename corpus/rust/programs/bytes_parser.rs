// Reading and writing a binary format.
#[derive(Debug, PartialEq, Clone)]
struct Record {
    id: u32,
    flags: u8,
    name: String,
    values: Vec<i16>,
}

#[derive(Debug)]
enum ReadError {
    Short { wanted: usize, left: usize },
    Text(u8),
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        if count > self.bytes.len() {
            return Err(ReadError::Short { wanted: count, left: self.bytes.len() });
        }
        let (head, tail) = self.bytes.split_at(count);
        self.bytes = tail;
        Ok(head)
    }

    fn u8(&mut self) -> Result<u8, ReadError> {
        Ok(self.take(1)?[0])
    }

    fn u32(&mut self) -> Result<u32, ReadError> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn record(&mut self) -> Result<Record, ReadError> {
        let id = self.u32()?;
        let flags = self.u8()?;
        let length = self.u8()? as usize;
        let mut name = String::new();
        for &byte in self.take(length)? {
            if !byte.is_ascii() {
                return Err(ReadError::Text(byte));
            }
            name.push(byte as char);
        }
        let count = self.u8()?;
        let mut values = Vec::new();
        for _ in 0..count {
            let bytes = self.take(2)?;
            values.push(i16::from_le_bytes([bytes[0], bytes[1]]));
        }
        Ok(Record { id, flags, name, values })
    }
}

fn write(record: &Record, out: &mut Vec<u8>) {
    out.extend_from_slice(&record.id.to_le_bytes());
    out.push(record.flags);
    out.push(record.name.len() as u8);
    out.extend(record.name.bytes());
    out.push(record.values.len() as u8);
    for value in &record.values {
        out.extend_from_slice(&value.to_le_bytes());
    }
}

fn main() {
    let record = Record { id: 0x01020304, flags: 0x80, name: "probe".to_string(), values: vec![-1, 300, -300] };
    let mut bytes = Vec::new();
    write(&record, &mut bytes);
    println!("{:02x?}", bytes);
    let mut reader = Reader { bytes: &bytes };
    println!("{}", reader.record().unwrap() == record);
    println!("{:?}", Reader { bytes: &bytes[..8] }.record().unwrap_err());
    bytes[7] = 0xff;
    println!("{:?}", Reader { bytes: &bytes }.record().unwrap_err());
}
