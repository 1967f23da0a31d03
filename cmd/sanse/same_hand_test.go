package main

import (
	"net/http"
	"testing"

	"sanse/data"
)

// TestAnAdministratorWhoUsesASecretThatTheyMadeIsToldOf makes an account as an
// administrator and comes in as it from the same network.
func TestAnAdministratorWhoUsesASecretThatTheyMadeIsToldOf(t *testing.T) {
	h := openHouse(t, "same_hand", nil)
	h.add("shen", data.Grant{Role: data.RoleAuditor})
	admin := h.browser()
	h.seatedIn(admin)
	made := admin.must(http.MethodPost, "/v1/accounts", object{"login": "li.na", "name": "李娜", "grants": []object{{"role": "leader", "area": townCode}}})
	other := h.browser()
	other.signIn("li.na", text(made["secret"]))

	auditor := h.browser()
	auditor.signIn("shen", password)
	of := map[string]int{}
	for _, item := range list(auditor.must(http.MethodGet, "/v1/audit/unusual", nil)["items"]) {
		if l := item.(object); l["kind"] == "same_hand" {
			of[text(l["login"])]++
		}
	}
	if len(of) != 1 || of["li.na"] != 1 {
		t.Errorf("told of are %v: the first sign-in of an account that was made from the same network, once", of)
	}
	rows := list(auditor.must(http.MethodGet, "/v1/audit?unusual=same_hand", nil)["items"])
	if len(rows) == 0 {
		t.Error("the rows of it are not told")
	}
}
