package sign

import (
	"crypto"
	"crypto/sha256"
	"sync"

	"ensemble/models"
)

// keyringSize bounds a Keyring; an RSA key with what is precomputed is some 5 kB.
const keyringSize = 1024

// A Keyring remembers private keys that were parsed, because to parse an RSA key
// takes as long as signing with it. Its zero value is ready; it may be shared.
type Keyring struct {
	mu   sync.Mutex
	keys map[[sha256.Size]byte]crypto.Signer // by the hash of the PEM
}

// Key returns the key that text, a PEM, holds, under the name id.
func (k *Keyring) Key(id models.IRI, text string) (Key, error) {
	hash := sha256.Sum256([]byte(text))
	k.mu.Lock()
	private := k.keys[hash]
	k.mu.Unlock()
	if private == nil {
		var err error
		if private, err = ParsePrivate(text); err != nil {
			return Key{}, err
		}
		k.remember(hash, private)
	}
	return Key{ID: id, Private: private}, nil
}

// remember drops any one key when the ring is full: a map gives a random one.
func (k *Keyring) remember(hash [sha256.Size]byte, private crypto.Signer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.keys == nil {
		k.keys = map[[sha256.Size]byte]crypto.Signer{}
	}
	if len(k.keys) >= keyringSize {
		for old := range k.keys {
			delete(k.keys, old)
			break
		}
	}
	k.keys[hash] = private
}

// publics remembers public keys that were parsed: peers say many things under one.
var publics publicKeys

type publicKeys struct {
	mu  sync.RWMutex
	all map[string]crypto.PublicKey // by the PEM
}

func (p *publicKeys) get(text string) (crypto.PublicKey, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	k, ok := p.all[text]
	return k, ok
}

// put drops any one key when there are too many.
func (p *publicKeys) put(text string, k crypto.PublicKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all = map[string]crypto.PublicKey{}
	}
	if len(p.all) >= keyringSize {
		for old := range p.all {
			delete(p.all, old)
			break
		}
	}
	p.all[text] = k
}
