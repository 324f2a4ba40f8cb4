package wire

// An Enclosure is a file beside a post in an archive, which it names by a path.
type Enclosure struct {
	URL            string
	MediaType      string
	Alt            string
	FocusX, FocusY float64
}

// Enclosures reads what is attached to a post in an archive; what makes no sense is
// left out.
func Enclosures(raw []byte) (out []Enclosure) {
	v, err := parse(raw)
	if err != nil {
		return nil
	}
	for a := range v.get("attachment").all() {
		e := Enclosure{URL: a.get("url").str(), MediaType: a.get("mediaType").short(100), Alt: a.get("name").short(MaxSummary)}
		if e.Alt == "" {
			e.Alt = a.get("summary").short(MaxSummary)
		}
		if e.URL == "" || e.MediaType == "" {
			continue
		}
		e.FocusX, e.FocusY = focus(a.get("focalPoint"))
		out = append(out, e)
	}
	return out
}
