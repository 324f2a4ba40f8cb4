package text

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// scraps are what tag soup is made of: all that may pass. traps are those that
// browsers, and tokenizers, treat in ways of their own; many swallow the rest.
var (
	scraps = strings.Fields(`a b c &lt; < > " ' &amp;#0; <br> </br> <br/> <p> </p> <p> </p> <p/class=p-name> <span>
		</span> <span/class=invisible> <a/href=https://x.example/?a&b> </a> <a/href=gopher:x> <a> <b> </b> <i> </i>
		<s> </s> <code> </code> <pre> </pre> <blockquote> </blockquote> <ul> </ul> <ol/start=3> </ol> <li> </li>
		<li/value=2> <ruby> </ruby> <rt> </rt> <rp> </rp> <h1> </h1> <h6> </h6> <div> </div> <tr> </tr>`)
	traps = strings.Fields(`<!-- --> <![CDATA[ ]]> <table> </table> <td> <svg> </svg> <math> </math> <mtext> <style>
		</style> <script> </script> <title> </title> <textarea> </textarea> <template> </template> <select> </select>
		<option> <noscript> </noscript> <iframe> </iframe> <form> </form> <button> <nobr> <marquee> <object> </object>
		<img/src=x/onerror=alert(1)> <xmp> </xmp> <plaintext> <body/onload=x> </body> <html> <frameset>
		<foreignObject> <annotation-xml>`)
)

func soup(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(60) {
		from := scraps
		if r.IntN(20) == 0 {
			from = traps
		}
		b.WriteString(from[r.IntN(len(from))])
	}
	return b.String()
}

func TestSoupIsStrained(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2)) // the same soup each time, so that a failure can be had again
	for range 5000 {
		in := soup(r)
		got := Sanitize(in)
		mustBeSafe(t, got)
		if again := Sanitize(got); again != got {
			t.Errorf("twice:\n got %q\nwant %q", again, got)
		}
		if t.Failed() {
			t.Fatalf("of %q", in)
		}
	}
}
