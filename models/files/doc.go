// Package files keeps the bytes that people upload: it stores them on disk,
// makes sure that they are the picture, film or sound they claim to be, takes
// out what they tell about their owner (place, camera, title), and makes the
// thumbnail and the blurhash. How it decodes and calls ffmpeg is its own affair;
// it knows no posts, no accounts and no database, and touches no network but that of
// the bucket in which an operator may have it keep the files.
//
// What goes in and what comes out of Process:
//
//	JPEG, PNG, WebP      the same format, upright, re-encoded, metadata gone;
//	                     of a moving PNG or WebP only the first frame stays
//	HEIC, AVIF           JPEG, with ffmpeg; WebP if there is something to see through
//	GIF, still           PNG
//	GIF, moving          silent MP4 of kind "gifv" with ffmpeg, without it a PNG
//	                     of the first frame
//	MP4, QuickTime, WebM MP4 with H.264 and AAC; copied where it is so already
//	MP3                  MP3, copied
//	Ogg Vorbis, Ogg Opus Ogg, copied
//	M4A with AAC         M4A, copied
//	WAV, FLAC, the rest  M4A with AAC
//
// Colour profiles go with the rest of the metadata.
package files
