// Package audit reads the audit: which looks are unusual, by rules that are
// written down (docs/audit.md), and what the rows are in forms that other
// systems take in (OCSF, CEF). It works on events one after another and keeps
// only what its rules need; it leaves reading them to data, and who may to
// service.
//
//	w := audit.NewWatch(audit.Options{From: from, Location: loc})
//	for _, e := range events { // by id, from w.Since() on
//		w.Add(e)
//	}
//	looks := w.End()
//
// Invariants: nothing that a rule finds blocks anybody; a look is shown with the
// figures that made it unusual; nothing here asks what time it is.
package audit
