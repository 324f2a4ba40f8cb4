package files

import (
	"os"

	"golang.org/x/sys/unix"
)

// mostData is how much memory of its own a tool may have, in bytes.
const mostData = 1 << 30

// bounded limits the memory of a tool that was just started. One that ended already
// needs no limit.
func bounded(p *os.Process) error {
	err := unix.Prlimit(p.Pid, unix.RLIMIT_DATA, &unix.Rlimit{Cur: mostData, Max: mostData}, nil)
	if err == unix.ESRCH {
		return nil
	}
	return err
}
