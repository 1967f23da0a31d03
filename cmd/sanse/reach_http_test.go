package main

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// post asks with a body of JSON.
func post(body string) func(*http.Request) {
	return func(r *http.Request) {
		r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
	}
}

func TestTheAPITellsWhoReachesWhat(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)

	// A service that somebody gives.
	service, facility := "", ""
	for _, f := range c.features("/v1/facilities") {
		p := properties(f)
		if a := c.ask("/v1/facilities/" + url.PathEscape(text(p["id"])) + "/circle"); p["status"] == "open" && a.status == http.StatusOK {
			service, facility = text(p["service"]), text(p["id"])
			break
		}
	}
	if service == "" {
		t.Fatal("no facility has a circle")
	}
	bands := c.features("/v1/reach?minutes=5,10,15&service=" + service)
	if len(bands) != 3 {
		t.Fatalf("%d bands", len(bands))
	}
	var people, area []int
	for _, f := range bands {
		p := properties(f)
		wantFields(t, "band", p, map[string]shape{
			"service": oneOf(service), "minutes": aCount, "area_km2": aNumber, "people": aCount, "over60": aCount, "disabled": aCount, "residents": aCount,
			"profile": oneOf("elderly"), "speed": aNumber,
		})
		people, area = append(people, whole(p["people"])), append(area, int(1e6*number(p["area_km2"])))
	}
	if !slices.IsSorted(people) || !slices.IsSorted(area) || people[2] == 0 {
		t.Errorf("5, 10 and 15 minutes hold %v people on %v m²", people, area)
	}
	for _, f := range c.features("/v1/reach?minutes=15&as=public&service=" + service) {
		if p := properties(f); whole(p["people"]) != people[2] || p["residents"] != nil || p["disabled"] != nil {
			t.Errorf("the public sees %v", p)
		}
	}
	if got := c.features("/v1/facilities/" + url.PathEscape(facility) + "/circle?minutes=5,10&speed=wheelchair"); len(got) != 2 {
		t.Errorf("%d bands of one facility", len(got))
	}
	fine, coarse := c.features("/v1/coverage?service="+service), c.features("/v1/coverage?res=9&service="+service)
	if len(fine) <= len(coarse) || len(coarse) == 0 {
		t.Errorf("%d cells of resolution 10, %d of 9", len(fine), len(coarse))
	}

	// Trying tells what is, and what would be.
	closing := c.ask("/v1/coverage/try", post(`{"changes":[{"op":"close","facility":"`+facility+`"}]}`))
	if closing.status != http.StatusOK {
		t.Fatalf("%d %s", closing.status, clip(closing.body))
	}
	v := parseJSON(t, closing.body)
	wantFields(t, "try", v, map[string]shape{"took_ms": aCount, "services": isObject, "areas": listOf(isObject), "cells": isObject})
	tried := v["services"].(object)[service].(object)
	if before, after := tried["before"].(object), tried["after"].(object); whole(before["people"]) != people[2] || whole(after["people"]) > people[2] {
		t.Errorf("closing one: %v people before, %v after, the map has %d", before["people"], after["people"], people[2])
	}
	nothing := parseJSON(t, c.ask("/v1/coverage/try", post(`{"changes":[],"services":["`+service+`"]}`)).body)
	if d := cmp.Diff(tried["before"], nothing["services"].(object)[service].(object)["after"]); d != "" {
		t.Error(d)
	}

	// What does not count, and what one person reaches.
	u := c.get("/v1/unplaced")
	for _, item := range list(u["items"]) {
		wantFields(t, "unplaced", item, map[string]shape{
			"what": oneOf("resident", "population", "facility"), "count": aCount, "detail": aName,
			"reason": oneOf("no_position", "outside", "too_far", "closed_all_week", "idle", "planned"),
		})
	}
	resident := text(list(readJSON(t, d.file("problem.json"))["residents"])[0].(object)["id"])
	r := c.get("/v1/residents/" + resident + "/reach")
	services := list(r["services"])
	if len(services) == 0 {
		t.Fatal("a resident is told of no service")
	}
	for _, s := range services {
		wantFields(t, "service", s, map[string]shape{"service": aName, "seconds": orNull(aCount), "facility": aText, "in_reach": listOf(isObject)})
		ways := list(s.(object)["in_reach"])
		for i := 1; i < len(ways); i++ {
			if whole(ways[i].(object)["seconds"]) < whole(ways[i-1].(object)["seconds"]) {
				t.Errorf("not nearest first: %v", ways)
			}
		}
	}

	for path, want := range map[string]int{
		"/v1/residents/" + resident + "/reach?as=public": 403, "/v1/residents/nobody/reach": 404, "/v1/reach?service=casino": 422, "/v1/reach": 422,
		"/v1/reach?minutes=0&service=" + service: 422, "/v1/reach?minutes=5,many&service=" + service: 422, "/v1/reach?minutes=61&service=" + service: 422,
		"/v1/reach?speed=rocket&service=" + service: 422, "/v1/coverage?res=11&service=" + service: 422, "/v1/coverage?at=9T10:00&service=" + service: 422,
		"/v1/unplaced?area=999": 404,
	} {
		if a := c.ask(path); a.status != want {
			t.Errorf("GET %s: %d, want %d: %s", path, a.status, want, clip(a.body))
		}
	}
	for body, want := range map[string]int{
		`{"changes":[{"op":"move","facility":"nobody","location":[1.5,42.5]}]}`: 404, `{"changes":[{"op":"paint"}]}`: 422,
		`{"changes":[{"op":"add","service":"` + service + `"}]}`: 422, `{"changes":[{"op":"add","service":"casino","location":[1.5,42.5]}]}`: 422,
		`{"changes":[],"minutes":0}`: 422, `{"changes":[],"minutes":99}`: 422, `{}`: 422,
	} {
		if a := c.ask("/v1/coverage/try", post(body)); a.status != want {
			t.Errorf("try %s: %d, want %d: %s", body, a.status, want, clip(a.body))
		}
	}
	away := parseJSON(t, c.ask("/v1/coverage/try", post(`{"changes":[{"op":"add","service":"`+service+`","location":[100.1,20.2]}]}`)).body)
	if away["unplaced"] != "outside" || !aName(away["unplaced_detail"]) {
		t.Errorf("built off the map: %v %v", away["unplaced"], away["unplaced_detail"])
	}
}
