package openapi

// An op is what people wrote about one call of the API. The rest of what its document
// says is composed of the table of routes and of entities.json.
type op struct {
	call  string // as the table of routes has it, without the beginning: POST /collabs/:id/accept
	title string
	about string
	in    []param // beside those of the path
	fails fails   // beside those of every call
	paged bool    // it has Link headers
	file  string  // the type of what is no JSON
	inURL bool    // everything goes into the query, though the method has a body
	// also answers beside 200: a status, and when.
	also fails
	// unable: the answer 403 says which ways there are, too.
	unable bool
}

// fails says when a status is answered, and with which codes.
type fails map[int]string

// A group is a part of the API, in the order in which it is read.
type group struct {
	name  string
	about string
	ops   []op
}

func groups() []group {
	return []group{collabs(), credits(), confirmations(), claims(), quotes(), me(), security(), transfer(), admin(), running(), settling(), judging(), house(), server()}
}

// A param is something that is asked.
type param struct {
	name    string
	about   string
	where   string // path, query or header; "" is the body, where there is one
	must    bool
	schema  schema
	example any
}

// A schema is a JSON Schema, of the dialect 2020-12.
type schema map[string]any

func of(name, kind, about string) param {
	return param{name: name, about: about, schema: schema{"type": kind}}
}

func str(name, about string) param  { return of(name, "string", about) }
func num(name, about string) param  { return of(name, "integer", about) }
func flag(name, about string) param { return of(name, "boolean", about).def(false) }

// id names a thing of this server.
func id(name, about string) param {
	p := str(name, about)
	p.schema = schema{"$ref": "#/components/schemas/ID"}
	return p
}

// when is a moment.
func when(name, about string) param {
	p := str(name, about)
	p.schema["format"] = "date-time"
	return p
}

// list is several of a kind: in a form and a query name[] is sent once for each.
func list(of param) param {
	of.schema = schema{"type": "array", "items": of.schema}
	return of
}

// objects is a list of objects.
func objects(name, about string, fields ...param) param {
	return list(object(name, about, fields...))
}

// object has fields of its own: in a form they are called name[field].
func object(name, about string, fields ...param) param {
	p := of(name, "object", about)
	p.schema = properties(fields)
	return p
}

// upload is a file, so that the request is a multipart form.
func upload(name, about string) param {
	p := of(name, "string", about)
	p.schema["contentMediaType"] = "application/octet-stream"
	return p
}

func (p param) required() param { p.must = true; return p }

func (p param) in(where string) param { p.where = where; return p }

func (p param) with(key string, value any) param {
	s := schema{key: value}
	for k, v := range p.schema {
		if k != key {
			s[k] = v
		}
	}
	p.schema = s
	return p
}

func (p param) def(v any) param            { return p.with("default", v) }
func (p param) most(n int) param           { return p.with("maxLength", n) }
func (p param) items(n int) param          { return p.with("maxItems", n) }
func (p param) like(pattern string) param  { return p.with("pattern", pattern) }
func (p param) between(min, max int) param { return p.with("minimum", min).with("maximum", max) }

// one is one of a few words.
func (p param) one(words ...string) param { return p.with("enum", words) }

// eg gives an example.
func (p param) eg(v any) param { p.example = v; return p }

// properties is the schema of an object with those fields.
func properties(fields []param) schema {
	all, must := schema{}, []string{}
	for _, f := range fields {
		s := schema{}
		for k, v := range f.schema {
			s[k] = v
		}
		if f.about != "" {
			s["description"] = f.about
		}
		if f.example != nil {
			s["examples"] = []any{f.example}
		}
		all[f.name] = s
		if f.must {
			must = append(must, f.name)
		}
	}
	out := schema{"type": "object", "properties": all}
	if len(must) > 0 {
		out["required"] = must
	}
	return out
}

// join puts lists of parameters together.
func join(lists ...[]param) []param {
	var all []param
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// page is how a part of a long list is asked for.
func page(def, max int) []param {
	return []param{
		id("max_id", "Only what is older than this ID. The Link header has it ready.").in("query"),
		id("since_id", "Only what is newer than this ID, the newest first.").in("query"),
		id("min_id", "Only what is newer than this ID, and of that what follows it directly.").in("query"),
		limited(def, max),
	}
}

func limited(def, max int) param {
	p := num("limit", "How many entries a page has. More than the largest number means that number.").between(1, max).def(def)
	return p.in("query")
}

// posts are what says how a Status is shown.
var posts = []param{
	flag("byline", "Whether `content` names the co-authors, for clients that do not know `coauthors`. It wins over the header.").def(true).in("query"),
	str("X-Ensemble-Byline", "`0` is the same as `byline=false`, once for all calls of a client.").one("0", "1").def("1").in("header"),
}

// words is in which language sentences for people are.
var words = []param{
	str("Accept-Language", "The language of the sentences for people: `en` or `fr`. Without it, that of the account.").in("header").eg("fr"),
}
