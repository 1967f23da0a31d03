package audit

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"sanse/data"
)

// WriteCEF writes an event as one line in ArcSight's Common Event Format,
// version 0. A reason is not written.
func WriteCEF(w io.Writer, district string, e *data.Event) error {
	severity := 2
	switch {
	case e.Outcome == data.OutcomeRefusedByDatabase:
		severity = 9
	case e.Action == data.ActBreak:
		severity = 6
	case e.Outcome != data.OutcomeOK:
		severity = 4
	}
	var b strings.Builder
	b.WriteString("CEF:0")
	for _, f := range []string{"Sanse", "Sanse", "1", string(e.Action) + ":" + e.Object, string(e.Action) + " " + e.Object, strconv.Itoa(severity)} {
		b.WriteString("|" + cefHeader.Replace(f))
	}
	b.WriteByte('|')
	first := true
	field := func(key, value string) {
		if value == "" {
			return
		}
		if !first {
			b.WriteByte(' ')
		}
		first = false
		b.WriteString(key + "=" + cefValue.Replace(value))
	}
	custom := func(n int, label, value string) {
		if value != "" {
			field(fmt.Sprintf("cs%dLabel", n), label)
			field(fmt.Sprintf("cs%d", n), value)
		}
	}
	field("rt", strconv.FormatInt(e.At.UnixMilli(), 10))
	field("externalId", strconv.FormatInt(e.ID, 10))
	field("deviceExternalId", district)
	field("suid", e.Account)
	field("spriv", e.Role)
	field("act", string(e.Action))
	field("outcome", string(e.Outcome))
	field("cnt", strconv.Itoa(e.N))
	custom(1, "session", e.Session)
	custom(2, "network", e.Address)
	custom(3, "records", strings.Join(e.IDs, ","))
	custom(4, "area", e.Area)
	custom(5, "purpose", e.Purpose)
	custom(6, "request", e.Request)
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// In the header the bar and the backslash are escaped, in the extension the
// equals sign and the backslash; an end of line cannot stand in either.
var (
	cefHeader = strings.NewReplacer(`\`, `\\`, `|`, `\|`, "\r\n", " ", "\n", " ", "\r", " ")
	cefValue  = strings.NewReplacer(`\`, `\\`, `=`, `\=`, "\r\n", `\n`, "\n", `\n`, "\r", `\r`)
)
