package reports

// ProcessingRecord is the record of what is done with personal data (PIPL articles
// 54 to 56): what an impact assessment begins with. Texts are in Chinese, as the
// law asks; codes say the same to programs. It names nobody.
type ProcessingRecord struct {
	Handler    string                `json:"handler"` // who decides on purposes and means
	Made       string                `json:"made"`    // date
	MadeUp     bool                  `json:"made_up"` // the people are invented
	Purposes   []ProcessingPurpose   `json:"purposes"`
	Kinds      []ProcessingKind      `json:"kinds"`
	Recipients []ProcessingRecipient `json:"recipients"`
	Retention  []ProcessingRetention `json:"retention"`
	Requests   []ProcessingCount     `json:"requests"` // what residents asked, by kind and status
	Measures   []string              `json:"measures"`
	Risks      []ProcessingRisk      `json:"risks"`
}

// ProcessingPurpose is what data are used for, and what allows it.
type ProcessingPurpose struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Basis   string `json:"basis"`
	Consent bool   `json:"consent"`
}

// ProcessingKind is a kind of personal information.
type ProcessingKind struct {
	Name      string `json:"name"`
	Of        string `json:"of"`        // whose
	Sensitive bool   `json:"sensitive"` // PIPL article 28
	Stored    string `json:"stored"`    // how
}

// ProcessingRecipient is a role that is told something.
type ProcessingRecipient struct {
	Role string `json:"role"`
	Name string `json:"name"`
	Sees string `json:"sees"`
}

// ProcessingRetention is how long a kind of data is kept.
type ProcessingRetention struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Days   int    `json:"keep_days"`
	Basis  string `json:"basis"`
	Source string `json:"source"`
	Set    bool   `json:"set_by_district"`
}

// ProcessingCount is how many requests there are of a kind.
type ProcessingCount struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Count  int    `json:"count"`
}

// ProcessingRisk is a risk to people's rights, and what is done about it; how grave
// what is left is the district's to judge.
type ProcessingRisk struct {
	Risk    string `json:"risk"`
	Measure string `json:"measure"`
}
