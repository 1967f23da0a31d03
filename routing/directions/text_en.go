package directions

import (
	"fmt"
	"strings"
)

var (
	compassEn = [8]string{"north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"}
	turnsEn   = map[Modifier]string{
		Straight: "Go straight on", SlightRight: "Bear right", Right: "Turn right", SharpRight: "Turn sharp right",
		UTurn: "Turn around", SharpLeft: "Turn sharp left", Left: "Turn left", SlightLeft: "Bear left",
	}
	kindsEn = map[kind]string{
		road: "the road", footpath: "the footway", path: "the path", pedestrian: "the pedestrian area", stairs: "the steps",
		service: "the service road", track: "the track", cycleway: "the cycleway", corridor: "the corridor", lift: "the lift",
		alley: "the residential lane", platform: "the platform", crossing: "the crossing", bridleway: "the bridleway",
		ramp: "the ramp", motorway: "the motorway",
	}
	verbsEn  = map[Mode]string{Walking: "walk", Pushing: "push your bike", Cycling: "ride", Driving: "drive"}
	stairsEn = map[Stairs]string{StairsUp: "up the steps", StairsDown: "down the steps", StairsEither: "the steps"}
	ordinals = [...]string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"}
)

func english(s *Step) string {
	m := &s.Manoeuvre
	switch m.Type {
	case Arrive:
		text := "You have arrived"
		switch m.Modifier {
		case Left, Right:
			text += ", your destination is on the " + string(m.Modifier)
		case Straight:
			text += ", your destination is ahead"
		}
		if s.OffStreet >= tellOff {
			text += ", " + lengthEn(s.OffStreet) + " off the street"
		}
		return text
	case Roundabout:
		if !onFoot(s) {
			return exitEn(m.Exit)
		}
	}
	text := leadEn(s) + ", " + verbsEn[s.Mode] + " " + lengthEn(s.along())
	if met := metEn(s); met != "" {
		text += ", " + met
	}
	return text
}

// exitEn says how a driver passes a roundabout.
func exitEn(exit int) string {
	switch {
	case exit == 0:
		return "Enter the roundabout"
	case exit < len(ordinals):
		return "At the roundabout take the " + ordinals[exit] + " exit"
	}
	return fmt.Sprintf("At the roundabout take exit %d", exit)
}

// roundEn says how a walker passes a roundabout.
func roundEn(s *Step, onto string) string {
	text := "Go round the roundabout"
	if side := half(s.Manoeuvre.Modifier); side != "" {
		text += " to the " + string(side)
	}
	if s.Manoeuvre.Exit > 0 {
		text += onto
	}
	return text
}

// leadEn says where to go, and onto what.
func leadEn(s *Step) string {
	m := &s.Manoeuvre
	street := s.Name
	if street == "" {
		street = kindsEn[kindOf(s.Class)]
	}
	onto, along := " onto "+street, " along "+street
	if isBridge(s.Name) {
		onto, along = " across "+bridgeEn(s.Name), " across "+bridgeEn(s.Name)
	}
	if s.Stairs != NoStairs {
		onto, along = " and take "+stairsEn[s.Stairs], " "+stairsEn[s.Stairs]
		if s.Stairs != StairsEither {
			onto = " and go " + stairsEn[s.Stairs]
		}
		if s.Name != "" {
			onto, along = onto+" along "+s.Name, along+" along "+s.Name
		}
	}
	if s.Alike && turns(m.Type) {
		onto = ""
		if s.Name != "" {
			onto = " to stay on " + s.Name
		}
	}
	switch m.Type {
	case Depart:
		text := "Head " + compassEn[eighth(m.BearingAfter)] + along
		if s.Stairs == StairsEither {
			text = "Head " + compassEn[eighth(m.BearingAfter)] + " on" + along
		}
		if s.OffStreet >= tellOff {
			text = "Walk " + lengthEn(s.OffStreet) + " to the street, then head" + strings.TrimPrefix(text, "Head")
		}
		return text
	case Notification:
		switch {
		case s.Stairs == StairsEither:
			return "Take" + along
		case s.Stairs != NoStairs:
			return "Go" + along
		}
		return "Continue" + along
	case Roundabout:
		return roundEn(s, onto)
	case NewName:
		return "Continue" + onto
	case Continue:
		if m.Modifier == Straight {
			if s.Stairs != NoStairs {
				return "Continue" + onto
			}
			return "Continue" + along
		}
		if s.Name == "" {
			return turnsEn[m.Modifier] + onto
		}
		return turnsEn[m.Modifier] + " to stay on " + street
	case Fork:
		if m.Modifier == SlightLeft {
			return "Keep left at the fork" + onto
		}
		return "Keep right at the fork" + onto
	case EndOfRoad:
		turn := turnsEn[m.Modifier]
		return "At the end of the road " + strings.ToLower(turn[:1]) + turn[1:] + onto
	case ExitRoundabout:
		return "Leave the roundabout" + onto
	}
	return turnsEn[m.Modifier] + onto
}

func bridgeEn(name string) string {
	if strings.HasSuffix(strings.ToLower(name), "bridge") {
		return "the " + name
	}
	return name
}

func metEn(s *Step) string {
	gate, gates := "the gate", "gates"
	if s.Mode == Driving {
		gate, gates = "the barrier", "barriers"
	}
	var met []string
	for _, x := range []struct {
		n                    int
		verb, one, oneOfMany string
	}{
		{s.Signals, "crossing at", "the traffic lights", "traffic lights"},
		{s.Crossings, "over", "the crossing", "crossings"},
		{s.Gates, "through", gate, gates},
		{s.Lifts, "by", "lift", "lifts"},
	} {
		switch {
		case x.n == 1:
			met = append(met, x.verb+" "+x.one)
		case x.n > 1:
			met = append(met, fmt.Sprintf("%s %d %s", x.verb, x.n, x.oneOfMany))
		}
	}
	return strings.Join(met, " and ")
}

func lengthEn(metres float64) string {
	n, km := rounded(metres)
	switch {
	case !km:
		return fmt.Sprintf("%d m", n)
	case n%10 == 0:
		return fmt.Sprintf("%d km", n/10)
	}
	return fmt.Sprintf("%d.%d km", n/10, n%10)
}
