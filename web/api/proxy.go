package api

import "ensemble/models"

// proxied has the file of another server served from here; where it is itself, is in
// remote_url.
func (v *attachmentJSON) proxied(site models.Site, post models.ID, i int) {
	slot := models.ID(i).String()
	at := site.Proxied(models.ProxyPost, post, slot, *v.URL)
	v.URL = &at
	if v.PreviewURL != nil { // a sound may have no picture
		small := site.Proxied(models.ProxyPost, post, slot+"-small", *v.PreviewURL)
		v.PreviewURL = &small
	}
}
