package store

import (
	"fmt"
	"time"

	"ensemble/models"
)

// SampleDue reports whether nobody wrote a sample of these five minutes yet.
func SampleDue(tx *Tx) (bool, error) {
	has, err := Any[models.Sample](tx, "slot = ?", models.SlotOf(tx.Now))
	return !has, err
}

// TakeSample adds what the database knows to s, and keeps it as that of these five
// minutes, unless another process was faster. It removes what is past keeping.
func TakeSample(tx *Tx, s *models.Sample) error {
	s.Slot = models.SlotOf(tx.Now)
	age, err := QueueAge(tx)
	if err != nil {
		return err
	}
	s.TaskAge = int64(age / time.Second)
	if s.Tasks, err = number(tx, `SELECT count(*) FROM river_job WHERE state = 'available'`); err != nil {
		return err
	}
	if s.Deliveries, err = number(tx, `SELECT count(*) FROM deliveries WHERE state = 'queued'`); err != nil {
		return err
	}
	oldest, err := number(tx, `SELECT coalesce(min(id), 0) FROM deliveries WHERE state = 'queued'`)
	if err != nil {
		return err
	}
	if oldest != 0 {
		s.DeliveryAge = int64(max(0, tx.Now.Sub(models.ID(oldest).Time())) / time.Second)
	}
	if s.DatabaseSize, err = DatabaseBytes(tx); err != nil {
		return err
	}
	if s.MediaSize, err = MediaBytes(tx); err != nil {
		return err
	}
	if _, err := Add(tx, s); err != nil {
		return err
	}
	_, err = Delete[models.Sample](tx, "slot < ?", models.SlotOf(tx.Now.Add(-models.KeepSamples)))
	return err
}

func number(tx *Tx, query string) (int64, error) {
	rows, err := scan[int64](tx, query)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0], nil
}

// Samples returns the worst of each step since then, the oldest first.
func Samples(tx *Tx, since time.Time, step time.Duration) ([]models.Sample, error) {
	slots := max(1, int64(step/models.SampleEvery))
	return scan[models.Sample](tx, fmt.Sprintf(`SELECT slot / %[1]d * %[1]d AS slot, max(task_age) AS task_age, max(tasks) AS tasks,
		max(delivery_age) AS delivery_age, max(deliveries) AS deliveries, max(memory) AS memory, max(database_size) AS database_size,
		max(media_size) AS media_size, max(cache_size) AS cache_size, min(disk_free) AS disk_free
		FROM samples WHERE slot >= ? GROUP BY 1 ORDER BY 1`, slots), models.SlotOf(since))
}
