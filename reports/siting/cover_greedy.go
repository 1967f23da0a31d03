package siting

// greedy covers what is bare, each time with the site that covers most for its
// price, where wish, if not nil, divides the price. Then it leaves out what is
// not needed.
func (c *coverer) greedy(wish func(j int32) float64) {
	for len(c.bare) > 0 {
		best, most := int32(None), -1.0
		for j := range int32(c.x.sites()) {
			if c.in[j] || c.score[j] == 0 {
				continue
			}
			// A new site costs what the idle ones before it do as well.
			price := float64(c.x.price[j])
			if !c.may(j) {
				price += c.waits(j)
			}
			value := float64(c.score[j]) / (price + 1e-9)
			if wish != nil {
				value *= wish(j)
			}
			if value > most {
				best, most = j, value
			}
		}
		if best == None {
			return // a row without a site: the caller has seen to it that there is none
		}
		c.come(best)
	}
	c.prune()
}

// waits is the price of the idle sites that have to come before j.
func (c *coverer) waits(j int32) float64 {
	sum := 0.0
	for k, g := range c.x.group {
		if g == c.x.group[j] && c.x.idle[k] && !c.in[k] {
			sum += float64(c.x.price[k])
		}
	}
	return sum
}

// come adds j and the idle sites before it.
func (c *coverer) come(j int32) {
	if !c.may(j) {
		for k, g := range c.x.group {
			if g == c.x.group[j] && c.x.idle[k] && !c.in[k] {
				c.add(int32(k))
			}
		}
	}
	c.add(j)
}

// stays tells whether j has to stay because a new site beside it is in.
func (c *coverer) stays(j int32) bool {
	g := c.x.group[j]
	return g != None && c.x.idle[j] && c.newIn[g] > 0
}

// prune leaves out sites that cover nothing alone, the dearest first.
func (c *coverer) prune() {
	for {
		out := int32(None)
		for _, j := range c.chosen {
			if c.score[j] == 0 && !c.stays(j) && (out == None || c.x.price[j] > c.x.price[out] || c.x.price[j] == c.x.price[out] && j > out) {
				out = j
			}
		}
		if out == None {
			return
		}
		c.remove(out)
	}
}
