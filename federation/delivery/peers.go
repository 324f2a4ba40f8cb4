package delivery

import (
	"maps"
	"slices"

	"ensemble/models"
	"ensemble/models/store"
)

// peersOf returns what we know of the hosts of inboxes, which is little at first.
func peersOf(tx *store.Tx, inboxes []models.IRI) (map[string]*models.Peer, error) {
	peers := map[string]*models.Peer{}
	for _, inbox := range inboxes {
		peers[inbox.Host()] = nil
	}
	if len(peers) == 0 {
		return peers, nil
	}
	hosts := slices.Sorted(maps.Keys(peers))
	known, err := store.Find[models.Peer](tx, "host IN ?", hosts)
	if err != nil {
		return nil, err
	}
	for _, p := range known {
		peers[p.Host] = p
	}
	var fresh []*models.Peer
	for _, host := range hosts {
		if peers[host] == nil {
			peers[host] = &models.Peer{Host: host, CreatedAt: tx.Now}
			fresh = append(fresh, peers[host])
		}
	}
	if err := store.AddAll(tx, fresh); err != nil {
		return nil, err
	}
	shut, err := store.Shutter(tx)
	for host, p := range peers {
		if err != nil {
			break
		}
		var why string
		why, err = shut(host)
		p.Blocked = p.Blocked || why != ""
	}
	return peers, err
}
