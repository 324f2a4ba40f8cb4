package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// limitMemory keeps the garbage collector's aim below what there is: three quarters
// of the machine's memory or of the container's, whichever is less. GOMEMLIMIT, if
// it is set, knows better.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	most := machineMemory()
	if b, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil && (most == 0 || n < most) {
			most = n
		}
	}
	if most > 0 {
		debug.SetMemoryLimit(most / 4 * 3)
	}
}

// machineMemory returns the machine's memory in bytes, 0 if it is not known.
func machineMemory() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer f.Close() //nolint:errcheck // nothing was written
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kB int64
		if n, _ := fmt.Sscanf(lines.Text(), "MemTotal: %d kB", &kB); n == 1 {
			return kB << 10
		}
	}
	return 0
}
