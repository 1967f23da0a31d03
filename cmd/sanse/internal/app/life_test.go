package app_test

import (
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/app"
	"sanse/cmd/sanse/internal/service"
)

// A server that is not to have the owner's way in does nothing as the owner.
func TestWhoForgotTheOwnerDoesNothingInItsName(t *testing.T) {
	a := &app.App{}
	a.ForgetOwner()
	gone, err := a.RunLife(t.Context(), "510101")
	if gone != nil || service.CodeOf(err) != service.CodeOutside || !strings.Contains(service.MessageOf(err), "sanse life run") {
		t.Errorf("%v, %v", gone, err)
	}
}
