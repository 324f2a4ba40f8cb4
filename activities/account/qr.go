package account

import (
	"bytes"
	"fmt"
	"image/png"

	"github.com/pquerna/otp"
)

const qrSize = 240 // pixels

// QR returns a picture (PNG) of the address that BeginTOTP returned, for the camera of
// the app that makes the codes.
func QR(uri string) ([]byte, error) {
	key, err := otp.NewKeyFromURL(uri)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	img, err := key.Image(qrSize, qrSize)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	var b bytes.Buffer
	err = png.Encode(&b, img)
	return b.Bytes(), err
}
