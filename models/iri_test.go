package models

import "testing"

func TestOriginsAreTheUnitOfTrust(t *testing.T) {
	tests := []struct{ name, iri, want string }{
		{"plain", "https://a.example/users/x", "https://a.example"},
		{"upper case, default port and root dot", "https://A.Example.:443/x", "https://a.example"},
		{"another port", "https://a.example:8443/x", "https://a.example:8443"},
		{"http and its port", "http://a.example:80/x", "http://a.example"},
		{"an IPv6 address", "http://[::1]:3000/x", "http://[::1]:3000"},
		{"userinfo is never right", "https://a.example@evil.example/x", ""},
		{"another scheme", "ftp://a.example/x", ""},
		{"no host", "https:///x", ""},
		{"relative", "/users/x", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := IRI(tt.iri).Origin(); got != tt.want {
				t.Errorf("Origin(%q): got %q, want %q", tt.iri, got, tt.want)
			}
		})
	}
}
