package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"sanse/data"
	"sanse/planner"
)

// maxPolicyBytes bounds a file of visit rules, which is read as a whole.
const maxPolicyBytes = 8 << 20

// importPolicies reads a JSON array of rules, or a table.
func importPolicies(ctx context.Context, j *job, s Sink) error {
	seen := ids{}
	put := func(ps []data.Policy) error { return s.PutPolicies(j.district, ps) }
	if !strings.EqualFold(filepath.Ext(j.opt.Path), ".json") {
		check := func(r *row) data.Policy { return checkPolicyRow(r, seen) }
		return runTable(ctx, j, s, check, put, nil)
	}
	policies, err := j.readPolicies(seen)
	if err != nil {
		return err
	}
	if len(policies) > 0 && j.storing(s) {
		if err := put(policies); err != nil {
			return fmt.Errorf("store policies: %w", err)
		}
		j.rep.Stored = len(policies)
	}
	return ctx.Err()
}

func (j *job) readPolicies(seen ids) (_ []data.Policy, err error) {
	f, err := os.Open(j.opt.Path)
	if err != nil {
		return nil, &InputError{Reason: "open file", Err: err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	raw, err := io.ReadAll(io.LimitReader(f, maxPolicyBytes+1))
	if err != nil {
		return nil, &InputError{Path: j.base(), Reason: "read file", Err: err}
	}
	fail := func(format string, args ...any) ([]data.Policy, error) {
		return nil, &InputError{Path: j.base(), Reason: fmt.Sprintf(format, args...)}
	}
	if len(raw) > maxPolicyBytes {
		return fail("more than %d bytes", maxPolicyBytes)
	}
	skip := 0
	if bytes.HasPrefix(raw, []byte("\xEF\xBB\xBF")) {
		skip = 3
	}
	dec := json.NewDecoder(bytes.NewReader(raw[skip:]))
	lineOf := func() int { return 1 + bytes.Count(raw[:min(len(raw), skip+int(dec.InputOffset()))], []byte("\n")) }
	if open, err := dec.Token(); err != nil || open != json.Delim('[') {
		return fail("a JSON array of visit rules is needed")
	}
	var out []data.Policy
	for dec.More() {
		var one json.RawMessage
		if err := dec.Decode(&one); err != nil {
			return fail("not JSON, near line %d: %v", lineOf(), err)
		}
		j.rep.Read++
		line := lineOf()
		p, why := parsePolicy(one)
		if why == "" {
			why = j.judgePolicy(&p, line, seen)
		}
		if why != "" {
			// Two rules on one line are refused one by one.
			j.lastRefused = 0
			j.refuse(line, "", compactJSON(one), why, public)
			continue
		}
		out = append(out, p)
	}
	if _, err := dec.Token(); err != nil {
		return fail("the file ends in the middle, on line %d: it was cut off", lineOf())
	}
	if len(out) == 0 && j.rep.Read == 0 {
		j.hint("the file holds no rule")
	}
	return out, nil
}

// parsePolicy reads one rule; a field that is not known is refused, as it may
// be a misspelt condition.
func parsePolicy(raw json.RawMessage) (p planner.Policy, why string) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return p, "not a rule: " + strings.TrimPrefix(err.Error(), "json: ")
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil {
		return p, "not a rule: " + err.Error()
	}
	for key, v := range map[string]int{"every_days": p.EveryDays, "per_week": p.PerWeek, "per_month": p.PerMonth} {
		if text, ok := given[key]; ok && v == 0 && string(text) != "null" {
			return p, zeroRule(key)
		}
	}
	return p, ""
}

func zeroRule(key string) string {
	return key + " is 0: a rule asks for at least 1; to suspend visits use pause with from and to"
}

// judgePolicy brings words to keys and validates the rule.
func (j *job) judgePolicy(p *planner.Policy, line int, seen ids) string {
	if key, ok := grades.find(p.Grade); ok && p.Grade != "" {
		p.Grade = key
	}
	if key, ok := residentKinds.find(p.Kind); ok && p.Kind != "" {
		p.Kind = key
	}
	if err := p.Validate(); err != nil {
		return strings.ReplaceAll(err.Error(), "\n", "; ")
	}
	if p.ID != "" {
		if first, ok := seen[p.ID]; ok {
			return fmt.Sprintf("the id is given twice: line %d has it already", first)
		}
		seen[p.ID] = line
	}
	return ""
}

func checkPolicyRow(r *row, seen ids) data.Policy {
	p := planner.Policy{ID: r.get("id"), Grade: r.get("grade"), Kind: r.get("kind")}
	for key, to := range map[string]*int{"every_days": &p.EveryDays, "per_week": &p.PerWeek, "per_month": &p.PerMonth} {
		if *to = r.count(key, 10000, "天", "次"); *to == 0 && r.get(key) != "" && !r.bad {
			r.refuse(key, zeroRule(key))
		}
	}
	pause, err := parseBool(r.get("pause"))
	if err != nil {
		r.refuse("pause", err.Error())
	}
	p.Pause = pause
	if p.Once, err = parseBool(r.get("once")); err != nil {
		r.refuse("once", err.Error())
	}
	for key, to := range map[string]**planner.Date{"from": &p.From, "to": &p.To} {
		if v := r.get(key); v != "" {
			d, err := parseDate(v, r.job.since1904)
			if err != nil {
				r.refuse(key, err.Error())
			}
			*to = &d
		}
	}
	if v := r.get("patterns"); v != "" {
		for _, part := range strings.FieldsFunc(fold(v), func(c rune) bool { return c == '|' || c == ';' || c == '/' || c == '或' }) {
			days, err := parseWeekdays(strings.ReplaceAll(part, "、", ","))
			if err != nil {
				r.refuse("patterns", "not weekdays: want “1,4|2,5” for Monday and Thursday, or Tuesday and Friday")
				break
			}
			p.Patterns = append(p.Patterns, days)
		}
	}
	if r.bad {
		return p
	}
	if why := r.job.judgePolicy(&p, r.line, seen); why != "" {
		r.refuse("", why)
	}
	return p
}

func compactJSON(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return string(raw)
	}
	return b.String()
}
