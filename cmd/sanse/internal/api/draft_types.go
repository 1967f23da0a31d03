package api

import (
	"encoding/json"
	"time"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/planner"
)

// Draft is a named set of changes to boundaries.
type Draft struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	Note      string `json:"note"`
	Base      string `json:"base" format:"date" doc:"the day whose boundaries it changes"`
	State     string `json:"state" enum:"open,published,dropped"`
	Version   int64  `json:"version" doc:"raised by every edit; the ETag is it in quotes"`
	Position  int    `json:"position" doc:"how many of the changes hold"`
	Total     int    `json:"total" doc:"how many there are, those undone included"`
	CreatedAt string `json:"created_at" format:"date-time"`
	ChangedAt string `json:"changed_at" format:"date-time"`

	Locks []string `json:"locks" doc:"codes of areas that edits leave alone, with all that lies in them"`
}

func draftOf(d data.Draft) Draft {
	return Draft{
		ID: d.ID, Name: d.Name, Note: d.Note, Base: d.Base.String(), State: string(d.State), Version: d.Version, Position: d.Position,
		Total: d.Changes, CreatedAt: d.CreatedAt.Format(time.RFC3339), ChangedAt: d.ChangedAt.Format(time.RFC3339), Locks: orEmpty(d.Locks),
	}
}

// DraftList lists drafts.
type DraftList struct {
	Items []Draft `json:"items"`
}

// DraftDetail is a draft with its changes.
type DraftDetail struct {
	Draft
	Changes []DraftStep `json:"changes" doc:"in their order; those after position are undone"`
}

// DraftStep is one change of a draft, without its boundaries.
type DraftStep struct {
	Seq     int       `json:"seq"`
	Kind    string    `json:"kind"`
	Areas   []string  `json:"areas" doc:"codes of what it touches, new ones included"`
	Retired []string  `json:"retired" doc:"those of them that end"`
	Lineage []Lineage `json:"lineage"`
	At      string    `json:"at" format:"date-time"`
}

// Lineage says which area came from which.
type Lineage struct {
	From string `json:"from" minLength:"1" maxLength:"30"`
	To   string `json:"to" minLength:"1" maxLength:"30" doc:"a code, or + and the word of a new area"`
}

func lineageOf(list []data.Lineage) []Lineage {
	out := make([]Lineage, len(list))
	for i, l := range list {
		out[i] = Lineage(l)
	}
	return out
}

func stepOf(c *data.DraftChange) DraftStep {
	out := DraftStep{Seq: c.Seq, Kind: string(c.Kind), Areas: c.Codes(), Retired: []string{}, Lineage: lineageOf(c.Lineage), At: c.At.Format(time.RFC3339)}
	for i := range c.Areas {
		if c.Areas[i].Retired {
			out.Retired = append(out.Retired, c.Areas[i].Code)
		}
	}
	return out
}

// DraftMade is a draft after a change, with the change.
type DraftMade struct {
	Draft
	Change DraftStep `json:"change"`
}

// DraftInput names a draft to be begun.
type DraftInput struct {
	Name string `json:"name" minLength:"1" maxLength:"100"`
	Note string `json:"note,omitempty" maxLength:"2000"`
}

// DraftPatch gives a draft another name or note.
type DraftPatch struct {
	Name *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
	Note *string `json:"note,omitempty" maxLength:"2000"`
}

// ChangeInput is a change to be made to a draft.
type ChangeInput struct {
	Kind      string        `json:"kind" enum:"reshape,create,retire,merge,split,rename,recode"`
	Community string        `json:"community,omitempty" maxLength:"30" doc:"recode: the code whose grids are numbered"`
	Areas     []ChangedArea `json:"areas,omitempty" maxItems:"5000" doc:"of all that the change touches, as they are to be"`
	Lineage   []Lineage     `json:"lineage,omitempty" maxItems:"10000" doc:"goes without saying for a merge into one area and a split of one"`
}

// ChangedArea is an area as it is to be.
type ChangedArea struct {
	Code     string          `json:"code" minLength:"1" maxLength:"30" doc:"of a new grid or micro-grid: + and a word; it gets the next free number"`
	Parent   string          `json:"parent,omitempty" maxLength:"30" doc:"of a new area only"`
	Name     string          `json:"name,omitempty" maxLength:"100" doc:"empty: as it is"`
	Special  *bool           `json:"special,omitempty" doc:"left out: as it is"`
	Parts    *int            `json:"parts,omitempty" minimum:"0" doc:"how many it is declared to have; left out: as it is"`
	Units    *string         `json:"units,omitempty" maxLength:"100000" doc:"of a micro-grid: its units in buildings that it shares, B12:1-3,5;B13:2; left out: as it is"`
	Retired  bool            `json:"retired,omitempty" doc:"the area ends"`
	Boundary json.RawMessage `json:"boundary,omitempty" doc:"a GeoJSON Polygon or MultiPolygon, WGS 84; left out: as it is"`
}

// Check says what stands between a draft and its publication.
type Check struct {
	Version   int64     `json:"version" doc:"of the draft that was checked"`
	OK        bool      `json:"ok" doc:"nothing does"`
	Problems  []string  `json:"problems" doc:"areas that make no tree"`
	Findings  []Finding `json:"findings" doc:"where they do not tile, and did before"`
	Conflicts []string  `json:"conflicts" doc:"codes that others have changed as well"`
}

// PublishInput says from which day on boundaries are to hold.
type PublishInput struct {
	Effective string `json:"effective" format:"date" doc:"a day to come; they hold from the midnight that begins it"`
}

// RollBackInput says which boundaries are to hold again, from which day on.
type RollBackInput struct {
	BackTo    string `json:"back_to" format:"date" doc:"the day whose boundaries they are"`
	Effective string `json:"effective" format:"date" doc:"a day to come"`
}

// Publication is a set of boundaries that was published.
type Publication struct {
	ID        int64   `json:"id"`
	Draft     *int64  `json:"draft" doc:"null: a roll-back"`
	BackTo    *string `json:"back_to" format:"date" doc:"null: a draft"`
	Effective string  `json:"effective" format:"date"`
	At        string  `json:"at" format:"date-time"`
}

func publicationOf(p *data.Publication) Publication {
	out := Publication{ID: p.ID, Effective: p.Effective.String(), At: p.At.Format(time.RFC3339)}
	if p.Draft != 0 {
		out.Draft = &p.Draft
	} else {
		out.BackTo = text(&p.BackTo)
	}
	return out
}

// PublicationList lists publications, the latest first.
type PublicationList struct {
	Items []Publication `json:"items"`
}

// Published is a publication, and what it does from its first day on.
type Published struct {
	Publication
	Created []string   `json:"created" doc:"codes of areas that begin, or begin again"`
	Changed []string   `json:"changed"`
	Retired []string   `json:"retired"`
	Lineage []Lineage  `json:"lineage" doc:"of areas that end or are divided"`
	Moved   int        `json:"moved" doc:"residents who are in another grid or micro-grid than today"`
	Stale   *StalePlan `json:"stale_plan" doc:"null: the plan in force does not reach that day"`
}

// StalePlan is the plan in force, where it was made under boundaries that end
// before it does; it is to be made again.
type StalePlan struct {
	Plan        int64  `json:"plan"`
	From        string `json:"from" format:"date"`
	Itineraries int    `json:"itineraries" doc:"from that day on"`
}

func publishedOf(p *service.Published) Published {
	out := Published{
		Publication: publicationOf(&p.Publication), Created: orEmpty(p.Created), Changed: orEmpty(p.Changed), Retired: orEmpty(p.Retired),
		Lineage: make([]Lineage, len(p.Lineage)), Moved: p.Moved,
	}
	for i := range p.Lineage {
		out.Lineage[i] = Lineage(p.Lineage[i].Lineage)
	}
	if p.Plan != nil {
		out.Stale = &StalePlan{p.Plan.ID, p.Plan.From.String(), p.Plan.Itineraries}
	}
	return out
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// History is where a place lay.
type History struct {
	Spells []Spell `json:"spells" doc:"the first day first"`
}

// Spell is a run of days on which a place lies in the same areas.
type Spell struct {
	From string  `json:"from" format:"date"`
	To   *string `json:"to" format:"date" doc:"the last day; null: for as long as is known"`
	Path []Area  `json:"path" doc:"from the district down; empty: in none"`
}

// AreaHistory is what has become of an area.
type AreaHistory struct {
	Versions []AreaVersion `json:"versions"`
	From     []AreaLineage `json:"from" doc:"where it came from"`
	To       []AreaLineage `json:"to" doc:"what it became, or gave ground to"`
}

// AreaVersion is a version of an area, without its boundary.
type AreaVersion struct {
	From string  `json:"from" format:"date"`
	To   *string `json:"to" format:"date" doc:"the last day; null: it still holds"`
	Name string  `json:"name"`
	M2   float64 `json:"area_m2"`
}

// AreaLineage is a lineage with its publication.
type AreaLineage struct {
	Lineage
	Publication int64  `json:"publication"`
	Effective   string `json:"effective" format:"date"`
}

func areaLineageOf(list []data.AreaLineage) []AreaLineage {
	out := make([]AreaLineage, len(list))
	for i, l := range list {
		out[i] = AreaLineage{Lineage(l.Lineage), l.Publication, l.Effective.String()}
	}
	return out
}

// lastDay writes a last day; null where there is none.
func lastDay(d planner.Date) *string {
	if d == 0 {
		return nil
	}
	return text(&d)
}
