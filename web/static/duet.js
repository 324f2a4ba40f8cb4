// A duet: two media that play together, by one control. Without this script each has
// its own.
const apart = 0.15; // seconds that the two may be apart

function arrange(duet) {
	const media = [...duet.querySelectorAll(".side video, .side audio")];
	const controls = duet.querySelector(".controls");
	if (!media.length || duet.dataset.ready !== undefined) return;
	duet.dataset.ready = "";
	const [first] = media;
	const button = controls.querySelector("[data-toggle]");
	const seek = controls.querySelector("[data-seek]");
	const whole = () => Math.max(...media.map((m) => (Number.isFinite(m.duration) ? m.duration : 0)));
	const others = (one) => media.filter((m) => m !== one);
	const playing = () => media.some((m) => !m.paused && !m.ended);

	for (const m of media) m.controls = false;
	controls.hidden = false;
	const tell = () => {
		button.querySelector("span").textContent = playing() ? button.dataset.pause : button.dataset.play;
		button.querySelector("use").setAttribute("href", `/static/icons.svg#${playing() ? "pause" : "play"}`);
	};
	let wanted = false; // that they play; one may have to wait for the other meanwhile
	const pause = () => {
		wanted = false;
		media.forEach((m) => m.pause());
	};
	const failed = (e) => {
		if (e.name !== "AbortError") pause();
	};
	const play = () => {
		wanted = true;
		const at = media.every((m) => m.ended) ? 0 : first.currentTime;
		for (const m of media) {
			if (at <= (Number.isFinite(m.duration) ? m.duration : Infinity)) m.currentTime = at;
		}
		for (const m of media) m.play().catch(failed);
	};

	button.addEventListener("click", () => (playing() ? pause() : play()));
	seek.addEventListener("input", () => {
		for (const m of media) m.currentTime = Math.min((seek.value / 1000) * whole(), m.duration || 0);
	});
	controls.addEventListener("change", (e) => {
		const side = duet.querySelectorAll(".side")[e.target.dataset.mute];
		for (const m of side?.querySelectorAll("video, audio") ?? []) m.muted = e.target.checked;
	});
	for (const m of media) {
		m.addEventListener("play", tell);
		m.addEventListener("pause", tell);
		m.addEventListener("ended", tell);
		m.addEventListener("waiting", () => {
			if (m.currentTime > 0) others(m).forEach((o) => o.pause());
		});
		m.addEventListener("playing", () => {
			for (const o of others(m)) if (wanted && o.paused && !o.ended) o.play().catch(failed);
		});
		m.addEventListener("click", () => button.click());
	}
	first.addEventListener("timeupdate", () => {
		if (whole()) seek.value = String(Math.round((first.currentTime / whole()) * 1000));
		for (const o of others(first)) {
			if (!o.ended && Math.abs(o.currentTime - first.currentTime) > apart && first.currentTime <= (o.duration || 0)) o.currentTime = first.currentTime;
		}
	});
}

for (const duet of document.querySelectorAll("[data-duet]")) arrange(duet);
