package routing

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Errors of Open and Load: bytes of something else, of another version of this
// format, or damaged (cut short, or changed on the way).
var (
	ErrForeign = errors.New("not a street graph")
	ErrVersion = errors.New("a street graph of another version")
	ErrDamaged = errors.New("damaged street graph")
)

// A file is a header, a table of sections and the sections, all little-endian;
// each section is one array and begins at a multiple of 8 bytes, so that all of
// them can be used where they lie.
//
//	magic     8 bytes
//	version   4
//	sections  4
//	length    8  of the whole file
//	checksum  4  CRC-32C of the whole file without these 4 bytes and the next
//	nothing   4
//	table        kind 4, part 4, offset 8, length 8 of each section
const (
	fileMagic    = "SANSEWLK"
	fileVersion  = 3
	headerBytes  = 32
	checksumAt   = 24
	sectionBytes = 24
	maxSections  = 1 << 16
)

// section is an array of a file; part numbers arrays of one kind.
type section struct {
	kind, part uint32
	data       []byte
}

func aligned(n int) int { return (n + 7) &^ 7 }

var zeros [8]byte

// writeSections writes a file. The same sections give the same bytes.
func writeSections(w io.Writer, sections []section) (int64, error) {
	head := make([]byte, headerBytes, headerBytes+len(sections)*sectionBytes)
	at := headerBytes + len(sections)*sectionBytes
	for _, s := range sections {
		head = binary.LittleEndian.AppendUint32(head, s.kind)
		head = binary.LittleEndian.AppendUint32(head, s.part)
		head = binary.LittleEndian.AppendUint64(head, uint64(at))
		head = binary.LittleEndian.AppendUint64(head, uint64(len(s.data)))
		at = aligned(at + len(s.data))
	}
	copy(head, fileMagic)
	binary.LittleEndian.PutUint32(head[8:], fileVersion)
	binary.LittleEndian.PutUint32(head[12:], uint32(len(sections)))
	binary.LittleEndian.PutUint64(head[16:], uint64(at))
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(crc32.Checksum(head[:checksumAt], table), table, head[headerBytes:])
	pad := func(s section) []byte { return zeros[:aligned(len(s.data))-len(s.data)] }
	for _, s := range sections {
		sum = crc32.Update(crc32.Update(sum, table, s.data), table, pad(s))
	}
	binary.LittleEndian.PutUint32(head[checksumAt:], sum)
	written := int64(0)
	put := func(b []byte) error {
		n, err := w.Write(b)
		written += int64(n)
		return err
	}
	if err := put(head); err != nil {
		return written, err
	}
	for _, s := range sections {
		if err := put(s.data); err != nil {
			return written, err
		}
		if err := put(pad(s)); err != nil {
			return written, err
		}
	}
	return written, nil
}

// readSections finds the sections of a file in place.
func readSections(data []byte) (map[[2]uint32][]byte, error) {
	if len(data) < len(fileMagic) || string(data[:len(fileMagic)]) != fileMagic {
		return nil, ErrForeign
	}
	if len(data) < 12 {
		return nil, fmt.Errorf("%w: %d bytes are less than its header", ErrDamaged, len(data))
	}
	if v := binary.LittleEndian.Uint32(data[8:]); v != fileVersion {
		return nil, fmt.Errorf("%w: %d, want %d; build it again", ErrVersion, v, fileVersion)
	}
	if len(data) < headerBytes {
		return nil, fmt.Errorf("%w: %d bytes are less than its header", ErrDamaged, len(data))
	}
	count := binary.LittleEndian.Uint32(data[12:])
	if want := binary.LittleEndian.Uint64(data[16:]); uint64(len(data)) != want {
		return nil, fmt.Errorf("%w: %d bytes where %d were written", ErrDamaged, len(data), want)
	}
	if sum := checksum(data); sum != binary.LittleEndian.Uint32(data[checksumAt:]) {
		return nil, fmt.Errorf("%w: its %d bytes have checksum %08x where %08x was written", ErrDamaged, len(data), sum, binary.LittleEndian.Uint32(data[checksumAt:]))
	}
	if count > maxSections || headerBytes+int(count)*sectionBytes > len(data) {
		return nil, fmt.Errorf("%w: %d sections in %d bytes", ErrDamaged, count, len(data))
	}
	out := make(map[[2]uint32][]byte, count)
	for i := range int(count) {
		row := data[headerBytes+i*sectionBytes:]
		key := [2]uint32{binary.LittleEndian.Uint32(row), binary.LittleEndian.Uint32(row[4:])}
		at, size := binary.LittleEndian.Uint64(row[8:]), binary.LittleEndian.Uint64(row[16:])
		if at%8 != 0 || at > uint64(len(data)) || size > uint64(len(data))-at {
			return nil, fmt.Errorf("%w: section %d of %d bytes at %d of %d", ErrDamaged, i, size, at, len(data))
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("%w: section %d comes twice", ErrDamaged, i)
		}
		out[key] = data[at : at+size : at+size]
	}
	return out, nil
}

// checksum is that of a file of at least a header.
func checksum(data []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(data[:checksumAt], table), table, data[headerBytes:])
}
