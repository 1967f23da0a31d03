package web_test

import "testing"

func TestTheMapOfCoverageShowsWhatIsServed(t *testing.T) {
	_, _, url := served(t, plain)
	walk(t, "coverage.test.mjs", url)
}
