package loopback_test

import (
	"fmt"
	"testing"

	"sanse/cmd/sanse/internal/loopback"
)

func ExampleNames() {
	fmt.Println(loopback.Names("127.0.0.1:8080"), loopback.Names("192.168.1.5:8080"))
	// Output: true false
}

func TestOnlyThisMachineIsNamed(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost:80": true, "127.0.0.1": true, "127.8.9.1:80": true, "::1": true, "[::1]": true, "[::1]:80": true,
		"": false, ":80": false, "0.0.0.0:80": false, "[::]:80": false, "10.0.0.1": false, "127.0.0.1.evil.example": false,
		"localhost.evil.example:80": false, "localhost.": false, "[": false, "]": false, "127.1": false,
	} {
		if got := loopback.Names(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}
