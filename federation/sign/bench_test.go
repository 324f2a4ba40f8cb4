package sign

import "testing"

func BenchmarkSignRSA(b *testing.B)     { benchmarkSign(b, rsaKey(), Cavage) }
func BenchmarkSignEd25519(b *testing.B) { benchmarkSign(b, edKey, RFC9421) }

func benchmarkSign(b *testing.B, key Key, s Scheme) {
	for b.Loop() {
		signed(b, "POST", inbox, hello, key, s)
	}
}

func BenchmarkVerifyRSA(b *testing.B) {
	r := arrive(b, signed(b, "POST", inbox, hello, rsaKey(), Cavage))
	for b.Loop() {
		s, err := Parse(r, []byte(hello), "https", "b.example", noon)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Verify(public(rsaKey())); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKeyring(b *testing.B) {
	_, private, err := NewRSA()
	if err != nil {
		b.Fatal(err)
	}
	var ring Keyring
	for b.Loop() {
		if _, err := ring.Key(keyID, private); err != nil {
			b.Fatal(err)
		}
	}
}
