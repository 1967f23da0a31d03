package routing

import "encoding/binary"

// Seal puts a right length and checksum into the header of a file that was
// tampered with, so that a fuzz test gets past them.
func Seal(data []byte) []byte {
	out := append([]byte(nil), data...)
	if len(out) < headerBytes {
		return out
	}
	copy(out, fileMagic)
	binary.LittleEndian.PutUint32(out[8:], fileVersion)
	binary.LittleEndian.PutUint64(out[16:], uint64(len(out)))
	binary.LittleEndian.PutUint32(out[checksumAt:], checksum(out))
	return out
}
