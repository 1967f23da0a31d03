package osm

import (
	"encoding/binary"
	"fmt"
)

func (d *pbfDecoder) degrees(off, units int64) float64 {
	return float64(off+d.granularity*units) / 1e9
}

// put hands a node on and takes back the room of tags that nobody keeps.
func (d *pbfDecoder) put(id, version, lon, lat int64, from int) {
	if !d.b.node(id, int32(version), d.degrees(d.lonOff, lon), d.degrees(d.latOff, lat), d.tagsFrom(from)) {
		d.tagRoom = d.tagRoom[:from]
	}
}

func (d *pbfDecoder) node(m message) error {
	var id, lat, lon, version int64
	d.key, d.keyValue = d.key[:0], d.keyValue[:0]
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		switch f.number {
		case 1:
			id = zigzag(f.value)
		case 2:
			d.key, err = f.varints(d.key)
		case 3:
			d.keyValue, err = f.varints(d.keyValue)
		case 4:
			version, err = versionOf(f.data)
		case 8:
			lat = zigzag(f.value)
		case 9:
			lon = zigzag(f.value)
		}
		if err != nil {
			return err
		}
	}
	from, err := d.elementTags()
	if err != nil {
		return err
	}
	d.put(id, version, lon, lat, from)
	return nil
}

// versionOf reads the version in an element's Info.
func versionOf(m message) (int64, error) {
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return 0, err
		}
		if f.number == 1 {
			return int64(f.value), nil
		}
	}
	return 0, nil
}

func (d *pbfDecoder) dense(m message) error {
	d.ids, d.lats, d.lons, d.a, d.versions = d.ids[:0], d.lats[:0], d.lons[:0], d.a[:0], d.versions[:0]
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		switch f.number {
		case 1:
			d.ids, err = f.deltas(d.ids)
		case 5:
			if d.b.versioned {
				err = d.denseVersions(f.data)
			}
		case 8:
			d.lats, err = f.deltas(d.lats)
		case 9:
			d.lons, err = f.deltas(d.lons)
		case 10:
			d.a, err = f.varints(d.a)
		}
		if err != nil {
			return err
		}
	}
	if len(d.lats) != len(d.ids) || len(d.lons) != len(d.ids) {
		return fmt.Errorf("%d nodes with %d latitudes and %d longitudes", len(d.ids), len(d.lats), len(d.lons))
	}
	words := d.a
	for i, id := range d.ids {
		from := len(d.tagRoom)
		if len(words) > 0 && words[0] != 0 {
			from = d.newTags()
		}
		for len(words) > 0 && words[0] != 0 {
			if len(words) < 2 {
				return errWire
			}
			if err := d.tag(words[0], words[1]); err != nil {
				return err
			}
			words = words[2:]
		}
		if len(words) > 0 {
			words = words[1:]
		}
		version := int64(0)
		if i < len(d.versions) {
			version = d.versions[i]
		}
		d.put(id, version, d.lons[i], d.lats[i], from)
	}
	return nil
}

func (d *pbfDecoder) denseVersions(m message) error {
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		if f.number == 1 {
			if d.versions, err = f.varints(d.versions); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *pbfDecoder) way(m message) error {
	var id, version int64
	d.key, d.keyValue = d.key[:0], d.keyValue[:0]
	start := len(d.b.refs)
	var single []int64 // references that are not packed, as the format allows
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		switch f.number {
		case 1:
			id = int64(f.value)
		case 2:
			d.key, err = f.varints(d.key)
		case 3:
			d.keyValue, err = f.varints(d.keyValue)
		case 4:
			version, err = versionOf(f.data)
		case 8:
			if !f.packed {
				single = append(single, int64(f.value))
			} else if err = checkVarints(f.data); err == nil {
				d.b.refs = append(d.b.refs, f.data...)
			}
		}
		if err != nil {
			return err
		}
	}
	for _, delta := range single {
		d.b.refs = binary.AppendUvarint(d.b.refs, uint64(delta))
	}
	from, err := d.elementTags()
	if err != nil {
		d.b.refs = d.b.refs[:start]
		return err
	}
	if !d.b.way(id, int32(version), d.tagsFrom(from)) {
		d.tagRoom = d.tagRoom[:from]
	}
	return nil
}

func (d *pbfDecoder) relation(m message) error {
	var id, version int64
	d.key, d.keyValue, d.a, d.c, d.ids = d.key[:0], d.keyValue[:0], d.a[:0], d.c[:0], d.ids[:0]
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		switch f.number {
		case 1:
			id = int64(f.value)
		case 2:
			d.key, err = f.varints(d.key)
		case 3:
			d.keyValue, err = f.varints(d.keyValue)
		case 4:
			version, err = versionOf(f.data)
		case 8:
			d.a, err = f.varints(d.a) // roles
		case 9:
			d.ids, err = f.deltas(d.ids)
		case 10:
			d.c, err = f.varints(d.c) // kinds
		}
		if err != nil {
			return err
		}
	}
	if len(d.a) != len(d.ids) || len(d.c) != len(d.ids) {
		return fmt.Errorf("relation %d: %d members with %d roles and %d types", id, len(d.ids), len(d.a), len(d.c))
	}
	from, err := d.elementTags()
	if err != nil {
		return err
	}
	d.b.relationsRead++
	if t := d.tagsFrom(from); !d.b.wantedRelation(t) {
		d.tagRoom = d.tagRoom[:from]
		return nil
	}
	members := make([]member, len(d.ids))
	for i := range members {
		role, err := d.word(d.a[i])
		if err != nil {
			return err
		}
		if d.c[i] < 0 || d.c[i] > int64(relationMember) {
			return fmt.Errorf("relation %d: a member of type %d", id, d.c[i])
		}
		members[i] = member{kind: kind(d.c[i]), ref: d.ids[i], role: role}
	}
	d.b.relation(id, int32(version), members, d.tagsFrom(from))
	return nil
}
