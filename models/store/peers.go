package store

import "ensemble/models"

// Met writes down that a server exists, and what its actors tell of it: whether it
// speaks ensemble/1, verifies RFC 9421, and has Ed25519 keys. What one of them told
// before stays.
func Met(tx *Tx, p *models.Peer) error {
	_, err := tx.exec(`INSERT INTO peers (host, ensemble, verifies, multikeys, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (host) DO UPDATE SET
			ensemble = peers.ensemble OR excluded.ensemble,
			verifies = peers.verifies OR excluded.verifies,
			multikeys = peers.multikeys OR excluded.multikeys
		WHERE excluded.ensemble AND NOT peers.ensemble OR excluded.verifies AND NOT peers.verifies
			OR excluded.multikeys AND NOT peers.multikeys`,
		p.Host, p.Ensemble, p.Verifies, p.Multikeys, tx.Now)
	return err
}

// Spoke writes down the signature dialect that a server took just now, and whether it
// did not take Ed25519 before that.
func Spoke(tx *Tx, host, scheme string, refused bool) error {
	set := ""
	if refused {
		set = ", multikey_refused_at = excluded.scheme_at"
	}
	_, err := tx.exec(`INSERT INTO peers (host, scheme, scheme_at, created_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (host) DO UPDATE SET scheme = excluded.scheme, scheme_at = excluded.scheme_at`+set, host, scheme, tx.Now, tx.Now)
	return err
}
