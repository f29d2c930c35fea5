fn table() -> [u32; 256] {
    let mut table = [0u32; 256];
    for n in 0..256u32 {
        let mut value = n;
        for _ in 0..8 {
            value = if value & 1 == 1 { 0xedb88320 ^ (value >> 1) } else { value >> 1 };
        }
        table[n as usize] = value;
    }
    table
}

fn crc32(table: &[u32; 256], bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    for &byte in bytes {
        crc = table[((crc ^ byte as u32) & 0xff) as usize] ^ (crc >> 8);
    }
    !crc
}

fn main() {
    let table = table();
    println!("{:08x}", crc32(&table, b"123456789"));
    println!("{:08x}", crc32(&table, "The quick brown fox jumps over the lazy dog".as_bytes()));
}
