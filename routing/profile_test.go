package routing_test

import (
	"math"
	"strings"
	"testing"

	"sanse/routing"
)

// builtInProfiles are all of them, as the package gives them.
func builtInProfiles() []routing.Profile {
	return []routing.Profile{routing.Foot(), routing.Elderly(), routing.Cane(), routing.Wheelchair(), routing.EBike(), routing.Car()}
}

func TestTheBuiltInProfilesAreThoseOfTheTable(t *testing.T) {
	names := routing.ProfileNames()
	for i, p := range builtInProfiles() {
		if err := p.Validate(); err != nil || i >= len(names) || names[i] != p.Name {
			t.Errorf("%+v: %v; the table has %v", p, err, names)
		}
		if again, err := routing.ProfileByName(p.Name); err != nil || again.MetresPerSecond != p.MetresPerSecond {
			t.Errorf("%s by name: %+v, %v", p.Name, again, err)
		}
	}
	if _, err := routing.ProfileByName("tank"); err == nil || !strings.Contains(err.Error(), "e-bike") {
		t.Errorf("a profile that is not there: %v", err)
	}
}

func TestWhatAStreetCosts(t *testing.T) {
	// 100 m east at the equator, to the millimetre as the graph has it.
	const metres = 100.188
	street := routing.EdgeAttr{Class: "residential", Walk: routing.Both, Ride: routing.Both, Drive: routing.Both}
	with := func(change func(a *routing.EdgeAttr)) routing.EdgeAttr {
		a := street
		change(&a)
		return a
	}
	const shut = -1
	for _, c := range []struct {
		name              string
		p                 routing.Profile
		a                 routing.EdgeAttr
		forward, backward float64 // seconds
	}{
		{"an adult on a street without tags", routing.Foot(), street, metres / 1.3, metres / 1.3},
		{"an older person", routing.Elderly(), street, metres, metres},
		{"steps", routing.Foot(), with(func(a *routing.EdgeAttr) { a.Steps = true }), metres / 1.3 * 1.5, metres / 1.3 * 1.5},
		{"steps in a wheelchair", routing.Wheelchair(), with(func(a *routing.EdgeAttr) { a.Steps = true }), shut, shut},
		{"what is not for wheelchairs", routing.Wheelchair(), with(func(a *routing.EdgeAttr) { a.Wheels = routing.WheelsNo }), shut, shut},
		{"what is hardly for wheelchairs", routing.Wheelchair(), with(func(a *routing.EdgeAttr) { a.Wheels = routing.WheelsLimited }), metres / 0.8 * 1.5, metres / 0.8 * 1.5},
		{"what is not for wheelchairs, on foot", routing.Foot(), with(func(a *routing.EdgeAttr) { a.Wheels = routing.WheelsNo }), metres / 1.3, metres / 1.3},
		{"sand in a wheelchair", routing.Wheelchair(), with(func(a *routing.EdgeAttr) { a.Surface = routing.SurfaceSoft }), shut, shut},
		{"cobbles with a cane", routing.Cane(), with(func(a *routing.EdgeAttr) { a.Surface = routing.SurfaceRough }), metres / 0.8 * 1.2, metres / 0.8 * 1.2},
		{"a ramp of 5 % in a wheelchair", routing.Wheelchair(), with(func(a *routing.EdgeAttr) { a.Incline = 5 }), metres / 0.8 * 1.5, metres / 0.8 * 1.15},
		{"a ramp of 9 % in a wheelchair", routing.Wheelchair(), with(func(a *routing.EdgeAttr) { a.Incline = -9 }), shut, shut},
		{"a hill of 10 % on foot, the same there and back", routing.Foot(), with(func(a *routing.EdgeAttr) { a.Incline = 10 }), metres / 1.3 * 1.2, metres / 1.3 * 1.2},
		{"two halves of a signal, a zebra and a gate", routing.Foot(), with(func(a *routing.EdgeAttr) { a.Signals, a.Crossings, a.Gates = 2, 1, 1 }), metres/1.3 + 20 + 1.5 + 1, metres/1.3 + 22.5},
		{"a street that is walked one way", routing.Foot(), with(func(a *routing.EdgeAttr) { a.Walk = routing.Backward }), shut, metres / 1.3},
		{"an e-bike rides", routing.EBike(), street, metres / 15 * 3.6, metres / 15 * 3.6},
		{"an e-bike is pushed against a one-way", routing.EBike(), with(func(a *routing.EdgeAttr) { a.Ride = routing.Forward }), metres / 15 * 3.6, metres / 1.2},
		{"an e-bike is pushed up steps", routing.EBike(), with(func(a *routing.EdgeAttr) { a.Steps = true }), metres / 1.2 * 3, metres / 1.2 * 3},
		{"an e-bike where nobody may walk or ride", routing.EBike(), with(func(a *routing.EdgeAttr) { a.Walk, a.Ride = routing.Neither, routing.Neither }), shut, shut},
		{"a car by class", routing.Car(), street, metres / 25 * 3.6, metres / 25 * 3.6},
		{"a car under a lower limit", routing.Car(), with(func(a *routing.EdgeAttr) { a.KmPerHour = 20 }), metres / 20 * 3.6, metres / 20 * 3.6},
		{"a car under a higher limit", routing.Car(), with(func(a *routing.EdgeAttr) { a.KmPerHour = 80 }), metres / 25 * 3.6, metres / 25 * 3.6},
		{"a car in a one-way", routing.Car(), with(func(a *routing.EdgeAttr) { a.Drive = routing.Forward }), metres / 25 * 3.6, shut},
		{"a car on a path", routing.Car(), with(func(a *routing.EdgeAttr) { a.Class = "path" }), shut, shut},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := routing.NewBuilder()
			if _, err := b.AddEdge(b.AddNode(at(0, 0)), b.AddNode(at(1, 0)), nil, c.a); err != nil {
				t.Fatal(err)
			}
			g, err := b.Build()
			if err != nil {
				t.Fatal(err)
			}
			forward, backward := engineOf(t, g, c.p).EdgeMillis(0)
			for _, x := range []struct {
				way  string
				got  uint32
				want float64
			}{{"forward", forward, c.forward}, {"backward", backward, c.backward}} {
				if (x.got == routing.Unreached) != (x.want == shut) || x.want != shut && math.Abs(float64(x.got)/1000-x.want) > 0.002 {
					t.Errorf("%s: %d ms, want %.3f s", x.way, x.got, x.want)
				}
			}
		})
	}
}

func TestAProfileThatMakesNoSenseIsRefusedByItsField(t *testing.T) {
	for _, c := range []struct{ name, json, field string }{
		{"no speed", `[{"name":"x"}]`, "metres_per_second"},
		{"a speed below nothing", `[{"name":"x","metres_per_second":-1}]`, "metres_per_second"},
		{"a ride faster than a train", `[{"name":"x","metres_per_second":1,"ride_metres_per_second":200}]`, "ride_metres_per_second"},
		{"a car that stands", `[{"name":"x","metres_per_second":1,"drive_km_per_hour":{"primary":0}}]`, "primary"},
		{"a factor below nothing", `[{"name":"x","metres_per_second":1,"soft_factor":-2}]`, "soft_factor"},
		{"a signal that never changes", `[{"name":"x","metres_per_second":1,"signal_seconds":1e9}]`, "signal_seconds"},
		{"a field that no profile has", `[{"name":"x","metres_per_second":1,"wings":2}]`, "wings"},
		{"a name that comes twice", `[{"name":"x","metres_per_second":1},{"name":"x","metres_per_second":2}]`, `"x"`},
		{"something behind the list", `[] []`, "follows"},
		{"no list", `{"name":"x"}`, "read profiles"},
		{"no name", `[{"metres_per_second":1}]`, "name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if all, err := routing.ReadProfiles(strings.NewReader(c.json)); err == nil || !strings.Contains(err.Error(), c.field) {
				t.Errorf("%+v, %v", all, err)
			}
		})
	}
	for _, p := range []routing.Profile{{Name: "x"}, {Name: "x", MetresPerSecond: math.NaN()}, {Name: "x", MetresPerSecond: math.Inf(1)}, {Name: "x", MetresPerSecond: 1, StepsFactor: math.NaN()}} {
		if p.Validate() == nil {
			t.Errorf("%+v counts as a profile", p)
		}
	}
}

func FuzzReadProfiles(f *testing.F) {
	f.Add(`[{"name":"x","metres_per_second":1,"drive_km_per_hour":{"a":3},"busy_classes":["b"]}]`)
	g := town{points: [][2]float64{{0, 0}, {1, 0}, {1, 1}}, edges: [][2]int32{{0, 1}, {1, 2}, {2, 0}}}.build(f)
	f.Fuzz(func(t *testing.T, text string) {
		all, err := routing.ReadProfiles(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, p := range all {
			engineOf(t, g, p)
		}
	})
}
