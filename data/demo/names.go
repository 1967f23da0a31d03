package demo

import (
	"fmt"
	"strconv"
)

// Names are put together from common characters; none is meant to be a real
// place or person.
var (
	streetTowns = []string{"示安街道", "示宁街道"}
	ruralTowns  = []string{"云禾镇", "竹汀镇", "桑泉镇", "稻香镇", "槐溪镇", "麦岭镇", "鹭洲镇", "梅堰镇"}
	nameHeads   = []rune("云竹桑槐柳荷松梅桂枫禾麦泉鹤鹭燕莲兰青银")
	nameTails   = []rune("溪桥园坝塘湾堰岭林亭渡坪井台门庄院洲")
	estateTails = []string{"苑", "花园", "家园", "雅居", "小区", "名庭", "新居"}
	surnames    = []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余")
	givenNames  = []rune("秀英桂兰玉珍淑华建国志明文德永福春光荣贵昌平安宁思雨佳欣浩宇梓涵晓东海波")
)

var numerals = []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}

// ordinal writes 1 to 99 in Chinese.
func ordinal(n int) string {
	switch {
	case n <= 10:
		return numerals[n-1]
	case n < 20:
		return "十" + numerals[n-11]
	case n < 100 && n%10 == 0:
		return numerals[n/10-1] + "十"
	case n < 100:
		return numerals[n/10-1] + "十" + numerals[n%10-1]
	}
	return strconv.Itoa(n)
}

// coin makes names of two characters, each only once.
func coin(s *source) func() string {
	used := make(map[string]bool)
	return func() string {
		for {
			n := string(pick(s, nameHeads)) + string(pick(s, nameTails))
			if !used[n] {
				used[n] = true
				return n
			}
			if len(used) >= len(nameHeads)*len(nameTails)/2 {
				n = string(pick(s, nameHeads)) + n
				if !used[n] {
					used[n] = true
					return n
				}
			}
		}
	}
}

// nameAreas gives every area its code and, where it has none yet, its name.
func (g *generator) nameAreas(s *source) {
	fresh := coin(s)
	streets, towns := 0, 0
	for t := range g.towns {
		tn := &g.towns[t]
		if tn.code == "" {
			tn.code = fmt.Sprintf("%s%03d", g.district.Code, t+1)
			if !tn.urban {
				tn.code = fmt.Sprintf("%s%03d", g.district.Code, 100+t-1)
			}
		}
		switch {
		case tn.name != "":
		case tn.urban:
			tn.name = streetTowns[streets%len(streetTowns)]
			streets++
		default:
			tn.name = ruralTowns[towns%len(ruralTowns)]
			towns++
		}
	}
	count := make([]int, len(g.towns))
	for i := range g.communities {
		c := &g.communities[i]
		count[c.town]++
		kind := 0
		if c.place == village && g.opt.Extract == "" {
			kind = 200
		}
		c.code = fmt.Sprintf("%s%03d", g.towns[c.town].code, kind+count[c.town])
		if c.name == "" {
			c.name = fresh() + "社区"
			if c.place == village {
				c.name = c.name[:len(c.name)-len("社区")] + "村"
			}
		}
		for j := range c.grids {
			gr := &c.grids[j]
			gr.code = fmt.Sprintf("%s%03d", c.code, j+1)
			gr.name = c.name + "第" + ordinal(j+1) + "网格"
			for k := range gr.micro {
				gr.micro[k].code = fmt.Sprintf("%s%03d", gr.code, k+1)
				gr.micro[k].name = fmt.Sprintf("%s%02d微网格", gr.name, k+1)
			}
		}
	}
}

// markSpecial makes some grids of the town special ones (专属网格): their
// first micro-grids are a school, a park, a market or works rather than homes.
func (g *generator) markSpecial(s *source) {
	uses := []string{"school", "park", "market", "works", "school", "park", "market", "school", "works", "park", "school", "market"}
	names := map[string]string{"school": "学校", "park": "公园", "market": "市场", "works": "园区"}
	var urban []int
	for i, c := range g.communities {
		if c.place != village && len(c.grids) > 3 {
			urban = append(urban, i)
		}
	}
	order := s.perm(len(urban))
	for k, use := range uses {
		if k >= len(order) {
			return
		}
		c := &g.communities[urban[order[k]]]
		// The smallest grid is the one given over.
		best := 0
		for j := range c.grids {
			if len(c.grids[j].micro) < len(c.grids[best].micro) {
				best = j
			}
		}
		c.grids[best].special = use
		c.grids[best].name = c.name + names[use] + "专属网格"
		for j := range c.grids[best].micro {
			c.grids[best].micro[j].name = fmt.Sprintf("%s%02d微网格", c.grids[best].name, j+1)
		}
	}
}

// person makes up a name.
func person(s *source) string {
	n := string(pick(s, surnames)) + string(pick(s, givenNames))
	if s.chance(.75) {
		n += string(pick(s, givenNames))
	}
	return n
}

// idNumber makes an ID number of 18 digits with the right check digit
// (GB 11643) and the region code 510199, which was never given out.
func idNumber(year, month, day, sequence int) string {
	body := fmt.Sprintf("%s%04d%02d%02d%03d", demoCode, year, month, day, sequence%1000)
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(body[i]-'0')
	}
	return body + string("10X98765432"[sum%11])
}

// phone makes the nth number of 199-0000-xxxx, a block set aside here for
// people who do not exist.
func phone(n int) string { return fmt.Sprintf("1990000%04d", n%10000) }
