package osm_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"sanse/routing"
	"sanse/routing/osm"
)

// field writes one field of a protocol buffer: bytes, or a number.
func field(number int, value any) []byte {
	switch v := value.(type) {
	case []byte:
		out := binary.AppendUvarint(nil, uint64(number)<<3|2)
		return append(binary.AppendUvarint(out, uint64(len(v))), v...)
	case string:
		return field(number, []byte(v))
	case int:
		return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3), uint64(v))
	}
	return nil
}

func zigzag(v int64) uint64 { return uint64(v)<<1 ^ uint64(v>>63) }

// packed writes numbers, as differences where asked.
func packed(deltas bool, values ...int64) []byte {
	var out []byte
	last := int64(0)
	for _, v := range values {
		if deltas {
			out = binary.AppendUvarint(out, zigzag(v-last))
			last = v
		} else {
			out = binary.AppendUvarint(out, uint64(v))
		}
	}
	return out
}

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// pbfFile puts unpacked blocks of data into a file.
func pbfFile(blocks ...[]byte) []byte {
	var out []byte
	put := func(kind string, content []byte) {
		blob := field(1, content)
		header := cat(field(1, kind), field(3, len(blob)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(header)))
		out = append(append(out, header...), blob...)
	}
	put("OSMHeader", cat(field(4, "OsmSchema-V0.6"), field(4, "DenseNodes")))
	for _, b := range blocks {
		put("OSMData", b)
	}
	return out
}

// words is a table of strings: highway at 1, path at 2.
func words() []byte { return field(1, cat(field(1, ""), field(1, "highway"), field(1, "path"))) }

func plainNode(id, lon, lat int64) []byte {
	return field(2, field(1, cat(field(1, int(zigzag(id))), field(8, int(zigzag(lat))), field(9, int(zigzag(lon))))))
}

func pathWay(refs ...int64) []byte {
	return field(2, field(3, cat(field(1, 7), field(2, packed(false, 1)), field(3, packed(false, 2)), field(8, packed(true, refs...)))))
}

func denseNodes(ids, lons, lats []int64) []byte {
	return field(2, field(2, cat(field(1, packed(true, ids...)), field(8, packed(true, lats...)), field(9, packed(true, lons...)))))
}

func TestPBFByHand(t *testing.T) {
	dense := denseNodes([]int64{1, 2}, []int64{0, 9000}, []int64{0, 0})
	for _, c := range []struct {
		name string
		data []byte
		err  error
	}{
		{"nodes one by one", pbfFile(cat(words(), plainNode(1, 0, 0), plainNode(2, 9000, 0), pathWay(1, 2))), nil},
		{"dense nodes", pbfFile(cat(words(), dense, pathWay(1, 2))), nil},
		{"ways in a block of their own", pbfFile(cat(words(), dense), cat(words(), pathWay(1, 2))), nil},
		{"a coarser grid", pbfFile(cat(words(), field(17, 1000), denseNodes([]int64{1, 2}, []int64{0, 900}, []int64{0, 0}), pathWay(1, 2))), nil},
		{"more nodes than latitudes", pbfFile(cat(words(), denseNodes([]int64{1, 2}, []int64{0, 9000}, []int64{0}), pathWay(1, 2))), osm.ErrDamaged},
		{"a word that is not in the table", pbfFile(cat(dense, pathWay(1, 2))), osm.ErrDamaged},
		{"a history", binaryHistory(), osm.ErrFormat},
		{"an unknown block", append(unknownBlock(), pbfFile(cat(words(), dense, pathWay(1, 2)))[len(pbfFile()):]...), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, err := osm.Read(context.Background(), bytes.NewReader(c.data), osm.Options{})
			if !errors.Is(err, c.err) {
				t.Fatalf("%v, want %v", err, c.err)
			}
			if err == nil && (x.Graph.Edges() != 1 || math.Abs(x.Graph.Edge(0).Metres-100.19) > 0.1) {
				t.Errorf("%d edges of %.2f m", x.Graph.Edges(), x.Graph.Edge(0).Metres)
			}
		})
	}
}

func binaryHistory() []byte {
	blob := field(1, field(4, "HistoricalInformation"))
	header := cat(field(1, "OSMHeader"), field(3, len(blob)))
	return cat(binary.BigEndian.AppendUint32(nil, uint32(len(header))), header, blob)
}

// unknownBlock is a file's header and a block that the format says to skip.
func unknownBlock() []byte {
	blob := field(1, "what is this")
	header := cat(field(1, "Unheard"), field(3, len(blob)))
	return cat(pbfFile(), binary.BigEndian.AppendUint32(nil, uint32(len(header))), header, blob)
}

func FuzzPBF(f *testing.F) {
	f.Add(cat(words(), plainNode(1, 0, 0), plainNode(2, 9000, 0), pathWay(1, 2)))
	f.Add(cat(words(), denseNodes([]int64{1, 2, 3, 4}, []int64{0, 9, 9, 0}, []int64{0, 0, 9, 9}), pathWay(1, 2, 3, 4, 1)))
	f.Add(field(2, field(4, cat(field(1, 5), field(9, packed(true, 7)), field(8, packed(false, 0)), field(10, packed(false, 1))))))
	f.Fuzz(func(t *testing.T, block []byte) {
		if len(block) > 1<<16 {
			return
		}
		for _, data := range [][]byte{pbfFile(block), append(pbfFile(), block...)} {
			check(t, data)
		}
	})
}

func FuzzXML(f *testing.F) {
	f.Add([]byte(twoStreets("highway=path", "barrier=gate")))
	f.Add([]byte(`<osm><way id="1"><nd ref="1"/></way><relation id="1"><member type="way" ref="1" role="outer"/><tag k="type" v="multipolygon"/><tag k="building" v="yes"/></relation></osm>`))
	f.Add([]byte(barred("barrier=wall", "highway=pedestrian area=yes")))
	f.Add([]byte(crossroads(rule("restriction=no_left_turn", "from=1", "via=2", "to=3"))))
	f.Add([]byte(westHalf))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 || len(data) > 2 && (data[0] == 'B' || data[0] == 0x1f) {
			return
		}
		check(t, data)
	})
}

// check reads bytes that may be anything: an extract that works, or an error
// that says which of the documented ones it is.
func check(t *testing.T, data []byte) {
	x, err := osm.Read(context.Background(), bytes.NewReader(data), osm.Options{})
	if err != nil {
		for _, known := range []error{osm.ErrFormat, osm.ErrDamaged, routing.ErrEmpty} {
			if errors.Is(err, known) {
				return
			}
		}
		t.Fatalf("an error of no kind: %v", err)
	}
	if s, err := x.Graph.At(0, 0.5); err != nil || !s.OK {
		t.Fatalf("a graph that cannot be used: %v", err)
	}
}
