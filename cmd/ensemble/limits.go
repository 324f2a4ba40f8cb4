package main

type limitsCmd struct{}

// Run lists the limits that ENSEMBLE_LIMITS can change, with what they are here.
func (limitsCmd) Run(w *world) error {
	c, err := w.config()
	if err != nil {
		return err
	}
	chosen := c.Site.Most()
	for _, l := range chosen.All() {
		w.say("%s=%d\n    %s; without a choice %d, and at most %d", l.Name, l.Value(), l.Help, l.Default, l.High)
	}
	return nil
}
