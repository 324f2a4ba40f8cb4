// Files that people upload in the journeys.
import { execFileSync } from "node:child_process";
import { deflateSync, crc32 } from "node:zlib";
// png is a picture: hills before a sky.
export function png(width, height, [r, g, b]) {
	const rows = Buffer.alloc(height * (width * 3 + 1));
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const hill = y > height * (0.6 + 0.2 * Math.sin((x / width) * 7));
			const shade = hill ? 0.45 : 0.75 + (0.25 * y) / height;
			rows.set([r, g, b].map((c) => Math.round(c * shade)), y * (width * 3 + 1) + 1 + x * 3);
		}
	}
	const chunk = (name, data) => {
		const body = Buffer.concat([Buffer.from(name), data]);
		const out = Buffer.alloc(body.length + 8);
		out.writeUInt32BE(data.length);
		body.copy(out, 4);
		out.writeUInt32BE(crc32(body), body.length + 4);
		return out;
	};
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width);
	head.writeUInt32BE(height, 4);
	head.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

const ffmpeg = (...args) => execFileSync("ffmpeg", ["-v", "error", ...args, "pipe:1"], { maxBuffer: 1 << 24 });

// film is a video of two seconds, with sound.
export const film = () =>
	ffmpeg("-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=2", "-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4");

// tone is a sound of two seconds.
export const tone = () => ffmpeg("-f", "lavfi", "-i", "sine=frequency=330:duration=2", "-c:a", "libmp3lame", "-f", "mp3");

// hand gives files to what selector finds, as a browser does that pastes or drops them.
export const hand = (page, selector, how, ...files) =>
	page.evaluate(
		([selector, how, files]) => {
			const data = new DataTransfer();
			for (const { name, mimeType, base64 } of files) data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type: mimeType }));
			const to = document.querySelector(selector);
			const event = { bubbles: true, cancelable: true };
			if (how === "paste") return to.dispatchEvent(new ClipboardEvent("paste", { ...event, clipboardData: data }));
			to.dispatchEvent(new DragEvent("dragover", { ...event, dataTransfer: data }));
			to.dispatchEvent(new DragEvent("drop", { ...event, dataTransfer: data }));
		},
		[selector, how, files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }))],
	);
