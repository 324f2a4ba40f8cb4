package openapi

import (
	"net/http"
	"strconv"
	"strings"

	"ensemble/models"
	"ensemble/web/call"
)

// object is the document as OpenAPI 3.1 has it.
func (d *Document) object(site models.Site) schema {
	components := schema{}
	for _, name := range d.mentioned() {
		components[component(name)] = d.component(name)
	}
	tags, paths := []schema{}, schema{}
	for _, g := range d.Groups {
		tags = append(tags, schema{"name": g.Name, "description": g.About})
		for _, c := range g.Calls {
			item, _ := paths[c.Path].(schema)
			if item == nil {
				item = schema{}
				paths[c.Path] = item
			}
			item[strings.ToLower(c.Route.Method)] = c.object()
		}
	}
	return schema{
		"openapi": "3.1.1",
		"info": schema{
			"title": "Ensemble", "summary": "What Mastodon's API has no word for.", "version": Version, "description": introduction,
		},
		"servers":      []schema{{"url": string(site.IRI(Prefix))}},
		"externalDocs": schema{"url": string(site.IRI(PagePath)), "description": "The same, to be read by people"},
		"tags":         tags,
		"paths":        paths,
		"components": schema{
			"schemas": components, "headers": headers, "responses": usual(), "securitySchemes": schema{"oauth": d.oauth(site)},
		},
	}
}

// component is the schema of an entity, and an example of it.
func (d *Document) component(name string) any {
	s := moved(d.nouns[name])
	if m, is := s.(map[string]any); is && d.shown[name] != nil {
		m["examples"] = []any{d.shown[name]}
	}
	return s
}

// PagePath is where people read the document.
const PagePath = "/docs/api"

func (d *Document) oauth(site models.Site) schema {
	scopes := schema{}
	for _, g := range d.Groups {
		for _, c := range g.Calls {
			for _, s := range strings.Fields(c.Route.Scope) {
				scopes[s] = "`" + s + "`, as of Mastodon"
			}
		}
	}
	return schema{
		"type":        "oauth2",
		"description": "As of Mastodon: an app registers by POST /api/v1/apps, a person allows it what it asks for, and the token goes into the header `Authorization: Bearer …`. A scope holds all that begin with it and a colon.",
		"flows": schema{"authorizationCode": schema{
			"authorizationUrl": string(site.IRI("/oauth/authorize")), "tokenUrl": string(site.IRI("/oauth/token")), "scopes": scopes,
		}},
	}
}

// object is the call as an Operation Object.
func (c Call) object() schema {
	o := schema{
		"operationId": c.ID(), "tags": []string{c.Group}, "summary": c.title, "security": c.security(),
		"responses": c.responses(), "x-who": c.Who(),
	}
	if c.about != "" {
		o["description"] = c.about
	}
	params := []schema{}
	for _, p := range c.Params {
		if p.where != "" {
			params = append(params, p.object())
		}
	}
	if len(params) > 0 {
		o["parameters"] = params
	}
	if fields := c.body(); len(fields) > 0 {
		o["requestBody"] = requestBody(fields)
	}
	return o
}

// ID is a name of the call that no other has: post_collabs_id_accept.
func (c Call) ID() string {
	return strings.ToLower(c.Route.Method) + strings.NewReplacer("/", "_", "{", "", "}", "", ".", "_").Replace(c.Path)
}

// security says which scope a token has to have. Of several one is enough.
func (c Call) security() []schema {
	out := []schema{}
	if c.Route.Who == call.Anyone {
		out = append(out, schema{})
	}
	if c.Route.Who == call.Nobody {
		return out
	}
	for _, s := range strings.Fields(c.Route.Scope) {
		out = append(out, schema{"oauth": []string{s}})
	}
	return out
}

func (p param) object() schema {
	o := schema{"name": p.name, "in": p.where, "schema": p.schema}
	if p.schema["type"] == "array" {
		o["name"] = p.name + "[]"
		o["explode"], o["style"] = true, "form"
	}
	if p.about != "" {
		o["description"] = p.about
	}
	if p.must {
		o["required"] = true
	}
	if p.example != nil {
		o["example"] = p.example
	}
	return o
}

// requestBody is the body: JSON, or a form in which poll[options][] is options of poll.
// A file is in a multipart form.
func requestBody(fields []param) schema {
	s, example := properties(fields), schema{}
	required, file := false, false
	for _, f := range fields {
		required = required || f.must
		file = file || f.schema["contentMediaType"] != nil
		if f.example != nil {
			example[f.name] = f.example
		}
	}
	media := schema{"schema": s}
	if len(example) > 0 && !file {
		media["example"] = example
	}
	content := schema{"multipart/form-data": media}
	if !file || !required {
		content["application/json"], content["application/x-www-form-urlencoded"] = media, media
	}
	return schema{"required": required, "content": content}
}

func (c Call) responses() schema {
	out := schema{}
	for _, a := range c.Answers {
		if usual := common[a.Status]; usual.when == a.When {
			out[strconv.Itoa(a.Status)] = schema{"$ref": "#/components/responses/" + usual.name}
			continue
		}
		r := schema{"description": a.When}
		if h := c.headers(a.Status); len(h) > 0 {
			r["headers"] = h
		}
		switch {
		case a.Entity == "File" || a.Entity == "" && a.Status < 300:
			r["content"] = schema{c.file: schema{}}
		case a.Entity != "":
			r["content"] = schema{"application/json": schema{"schema": reference(a.Entity)}}
		}
		out[strconv.Itoa(a.Status)] = r
	}
	return out
}

// usual are the answers that many calls have.
func usual() schema {
	out := schema{}
	for status, c := range common {
		out[c.name] = schema{
			"description": c.when, "headers": Call{}.headers(status), "content": schema{"application/json": schema{"schema": reference("Error")}},
		}
	}
	return out
}

// headers are those of every answer, and those of some.
func (c Call) headers(status int) schema {
	names := []string{"X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
	switch {
	case status == http.StatusOK && c.paged:
		names = append(names, "Link")
	case status == http.StatusOK && c.Entity == "File":
		names = append(names, "Content-Disposition")
	case status == http.StatusOK && c.Route.Who == call.Nobody && c.Route.Mode == call.Free:
		names = append(names, "ETag")
	case status == http.StatusUnauthorized:
		names = append(names, "WWW-Authenticate")
	case status == http.StatusTooManyRequests:
		names = append(names, "Retry-After")
	}
	out := schema{}
	for _, n := range names {
		out[n] = schema{"$ref": "#/components/headers/" + n}
	}
	return out
}

func header(about, kind, example string) schema {
	return schema{"description": about, "schema": schema{"type": kind}, "example": example}
}

var headers = schema{
	"X-Request-Id":          header("The request, in the server's log.", "string", "k4qxvwjp2mzt3abc"),
	"X-RateLimit-Limit":     schema{"description": "How often the account, or without one the address, may call in five minutes.", "schema": schema{"type": "integer"}, "example": 300},
	"X-RateLimit-Remaining": schema{"description": "How often that still is.", "schema": schema{"type": "integer"}, "example": 299},
	"X-RateLimit-Reset":     header("When it begins anew.", "string", "2026-01-02T03:05:00.000Z"),
	"Retry-After":           schema{"description": "After how many seconds to try again.", "schema": schema{"type": "integer"}, "example": 120},
	"WWW-Authenticate":      header("What is wanted: a bearer token.", "string", `Bearer realm="Ensemble"`),
	"Link":                  header("Where the pages before (`prev`) and after (`next`) are (RFC 8288). There is no `next` on the last one.", "string", `<https://example.org/api/ensemble/v1/collabs?max_id=1>; rel="next", <https://example.org/api/ensemble/v1/collabs?min_id=9>; rel="prev"`),
	"Content-Disposition":   header("The name of the file.", "string", `attachment; filename="following.csv"`),
	"ETag":                  header("To be sent as `If-None-Match`.", "string", `"5f2b7c0e9d1a"`),
}

const introduction = `Posts that several people sign, on several servers, and what belongs to them: consent, credits, claims, quotes. Everything else is Mastodon's API, with these additions to it: ` + "`coauthors`, `collab`, `partnership` and `confirmed` of a Status." + `

**Requests.** A parameter goes into the body, as JSON or as a form, or into the query; what is in the body wins. In a form and in a query a list is sent as ` + "`name[]=a&name[]=b`, and the field of an object as `poll[expires_in]=3600`. A boolean is false if it is `false`, `f`, `off`, `no`, `0` or empty, and true otherwise. A body has at most 1 MiB if nothing else is said, and a request at most 500 parameters." + `

**Answers.** JSON. IDs are strings of digits. A moment is UTC: ` + "`2026-01-02T03:04:05.678Z`." + ` Fields may be added; none is removed in v1.

**Errors.** ` + "`{\"error\": \"a sentence\", \"code\": \"a_word\"}`." + ` The sentence is for people, the code for programs; where there is no code, the status says it all. An error changes nothing.

**Pages.** Lists are sorted by ID, the newest first. The ` + "`Link`" + ` header has the addresses of the pages around this one.

**Once.** ` + "POST takes an `Idempotency-Key`." + `

**Limits.** An account calls 300 times in five minutes, unless who runs the server says otherwise: ` + "`configuration.ensemble.limits` of `/api/v2/instance`, and the headers `X-RateLimit-*`."
