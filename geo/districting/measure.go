package districting

import "math"

// Measure measures a drawing, the zone of each unit, whoever made it. Zones
// may be in parts, empty or out of balance; the problem has to be valid, and
// each unit to be in some zone.
func Measure(p *Problem, zone []int32) (Metrics, error) {
	if err := p.Validate(); err != nil {
		return Metrics{}, err
	}
	if err := p.validDrawing(zone); err != nil {
		return Metrics{}, err
	}
	return p.measure(zone), nil
}

func (p *Problem) measure(zone []int32) Metrics {
	m := Metrics{Zones: make([]ZoneMetrics, p.zones())}
	bounds := p.Bounds()
	for z, i := range p.owners() {
		m.Zones[z] = ZoneMetrics{Parent: i, Sums: make([]int64, len(p.Weights)), Off: make([]float64, len(p.Weights))}
	}
	area := make([]float64, len(m.Zones))
	perimeter := make([]float64, len(m.Zones))
	for u := range int32(p.Units()) {
		z := zone[u]
		m.Zones[z].Units++
		for w := range p.Weights {
			m.Zones[z].Sums[w] += p.Weights[w].Of[u]
		}
		if p.Area != nil {
			area[z] += p.Area[u]
		}
		if p.Outer != nil {
			perimeter[z] += p.Outer[u]
		}
		if t := p.today(int(u)); t != None && t != z {
			m.Moved++
		}
		for e := p.First[u]; e < p.First[u+1]; e++ {
			v := p.To[e]
			switch {
			case zone[v] != z:
				perimeter[z] += p.border(e)
				if v > u {
					m.CutEdges++
					m.BorderMetres += p.border(e)
				}
			case v > u && p.barred(e):
				m.BarrierPairs++
			}
		}
	}
	for _, units := range p.parts(zone) {
		m.Zones[zone[units[0]]].Parts++
		m.Parts++
	}
	known := 0
	for z := range m.Zones {
		zm := &m.Zones[z]
		for w, sum := range zm.Sums {
			zm.Off[w] = bounds[zm.Parent][w].off(sum)
		}
		if p.Area != nil && zm.Units > 0 && perimeter[z] > 0 {
			zm.PolsbyPopper = 4 * math.Pi * area[z] / (perimeter[z] * perimeter[z])
			m.PolsbyPopper += zm.PolsbyPopper
			known++
		}
	}
	if known > 0 {
		m.PolsbyPopper /= float64(known)
	}
	return m
}

// parts returns the units of each connected part of each zone, by the first
// unit of each part. Nothing is joined across a barrier.
func (p *Problem) parts(zone []int32) [][]int32 {
	var out [][]int32
	seen := make([]bool, p.Units())
	for s := range seen {
		if seen[s] {
			continue
		}
		seen[s] = true
		units := []int32{int32(s)}
		for i := 0; i < len(units); i++ {
			u := units[i]
			for e := p.First[u]; e < p.First[u+1]; e++ {
				if v := p.To[e]; !seen[v] && zone[v] == zone[u] && !p.barred(e) {
					seen[v] = true
					units = append(units, v)
				}
			}
		}
		out = append(out, units)
	}
	return out
}

// cost judges a drawing.
func (p *Problem) cost(zone []int32) Cost {
	var c Cost
	sums := make([]int64, p.zones()*len(p.Weights))
	moved := 0.0
	for u := range int32(p.Units()) {
		z := zone[u]
		for w := range p.Weights {
			sums[int(z)*len(p.Weights)+w] += p.Weights[w].Of[u]
		}
		if t := p.today(int(u)); t != None && t != z {
			moved += float64(p.bulk(int(u)))
		}
		for e := p.First[u]; e < p.First[u+1]; e++ {
			if v := p.To[e]; v > u && zone[v] != z {
				if p.Goal == Compact {
					c.Goal += p.border(e)
				} else {
					c.Goal++
				}
			}
		}
	}
	bounds := p.Bounds()
	for z, i := range p.owners() {
		if p.closed(z) {
			continue
		}
		for w := range p.Weights {
			c.Excess += bounds[i][w].excess(sums[z*len(p.Weights)+w])
		}
	}
	c.Stay = moved * p.stayPer()
	return c
}
