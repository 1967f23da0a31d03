package auth_test

import (
	"errors"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/auth"
)

func TestPasswordsThatAreGuessedFirstAreRefused(t *testing.T) {
	context := []string{"wang.wei", "王伟", "Qinghe District"}
	for password, code := range map[string]string{
		"":            "short",
		"short":       "short",
		"elevenchars": "short",
		"十一个字也还是太短了吗": "short",
		// NFKC makes one character of what was typed as two.
		"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301": "short",
		strings.Repeat("correct horse ", 10):         "long",
		"passwordpassword":                           "common",
		"Password1234":                               "common",
		"P@ssw0rd1234":                               "common",
		"password2026!":                              "common",
		"qwertyuiop123":                              "common",
		"1qaz2wsx3edc4rfv":                           "common",
		"123456789012":                               "common",
		"abcdefghijkl":                               "common",
		"zyxwvutsrqpo":                               "common",
		"aaaaaaaaaaaa":                               "common",
		"k7k7k7k7k7k7":                               "common",
		"abcabcabcabc":                               "common",
		"woaini5201314":                              "common",
		"woainiwoaini1314":                           "common",
		"sanse-admin-2026":                           "common",
		"admin123admin":                              "common",
		"wangwei-wangwei":                            "common",
		"wang.wei.2026":                              "common",
		"qinghe district 1":                          "common",
		"welcome welcome":                            "common",
		"王伟王伟王伟王伟王伟王伟":                               "common",
		"\uff50\uff41\uff53\uff53word1234":           "common", // full-width letters are letters
		"ababbabaabab":                               "common",
		"iloveyou forever":                           "common",
		"a\xff" + strings.Repeat("x", 12):            "short",
		"correct horse battery staple":               "",
		"three red lanterns at dusk":                 "",
		"她每两天敲一次三号楼的门":                               "",
		"Tr4mway-Lichen-84":                          "",
		"hvx9 qmzr 4ktw":                             "",
		strings.Repeat("purple ", 3) + "lichen quarry vow": "",
	} {
		err := auth.CheckPassword(password, context...)
		var weak *auth.WeakError
		switch {
		case code == "" && err != nil:
			t.Errorf("%q: %v", password, err)
		case code != "" && (!errors.As(err, &weak) || weak.Code != code):
			t.Errorf("%q: %v, want %s", password, err, code)
		}
	}
}

func TestPINsThatAreGuessedFirstAreRefused(t *testing.T) {
	for pin, want := range map[string]bool{
		"": false, "12345": false, "123456": false, "654321": false, "000000": false, "121212": false, "135791": false, "123123": false,
		"111222": false, "12a456": false, "123456789": false, "１２３４５６": false, "890123": false,
		"204917": true, "7351906": true, "40817263": true,
	} {
		if err := auth.CheckPIN(pin); (err == nil) != want {
			t.Errorf("%q: %v", pin, err)
		}
	}
}
