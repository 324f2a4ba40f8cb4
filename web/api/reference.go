package api

import (
	"net/http"
	"strings"
	"sync"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/openapi"
)

func (a *API) referenceRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/api/ensemble/v1/openapi.json", Who: call.Nobody, Mode: call.Free, Handler: a.OpenAPI},
	}
}

// A reference is the document of our own API, made once.
type reference struct {
	once sync.Once
	doc  *openapi.Document
	err  error
}

func (r *reference) of(site models.Site, routes func() []call.Route) (*openapi.Document, error) {
	r.once.Do(func() { r.doc, r.err = openapi.Compose(site, routes()) })
	return r.doc, r.err
}

// OpenAPI is GET /api/ensemble/v1/openapi.json: everything below that path, as OpenAPI
// 3.1 has it.
func (a *API) OpenAPI(c *call.Call) (any, error) {
	d, err := a.reference.of(c.Site, a.Routes)
	if err != nil {
		return nil, err
	}
	out := call.Answer{Body: d.JSON, Header: http.Header{"Etag": {d.ETag}, "Cache-Control": {"public, max-age=3600"}}}
	if strings.Contains(c.GetHeader("If-None-Match"), d.ETag) {
		out.Status, out.Body = http.StatusNotModified, nil
	}
	return out, nil
}
