package routing

import (
	"encoding/binary"
	"errors"
	"slices"
	"unsafe"
)

// number is what arrays of a file are made of.
type number interface {
	~uint8 | ~int32 | ~uint32 | ~int64 | position
}

// wordBytes is how many bytes of a T change places on a big-endian machine.
func wordBytes[T number]() int {
	var t T
	if size := int(unsafe.Sizeof(t)); any(t) != any(position{}) {
		return size
	}
	return 4
}

var errOdd = errors.New("an array of half a number")

func littleEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }

// bytesOf is an array as a file has it: in place where the machine is
// little-endian.
func bytesOf[T number](a []T) []byte {
	if len(a) == 0 {
		return nil
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(a))), len(a)*int(unsafe.Sizeof(a[0])))
	if littleEndian() {
		return b
	}
	return turnBytes(slices.Clone(b), wordBytes[T]())
}

// sliceOf is the array that the bytes of a file are: in place where the machine
// is little-endian and the bytes are aligned.
func sliceOf[T number](b []byte) ([]T, error) {
	var t T
	size := int(unsafe.Sizeof(t))
	if len(b)%size != 0 {
		return nil, errOdd
	}
	if len(b) == 0 {
		return nil, nil
	}
	aligned := uintptr(unsafe.Pointer(unsafe.SliceData(b)))%unsafe.Alignof(t) == 0
	if littleEndian() && aligned {
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/size), nil
	}
	out := make([]T, len(b)/size)
	raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(out))), len(b))
	copy(raw, b)
	if !littleEndian() {
		turnBytes(raw, wordBytes[T]())
	}
	return out, nil
}

// turnBytes reverses the bytes of every word.
func turnBytes(b []byte, word int) []byte {
	for i := 0; i+word <= len(b); i += word {
		slices.Reverse(b[i : i+word])
	}
	return b
}
