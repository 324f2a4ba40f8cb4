package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// A link is a connection within a transaction. It goes past database/sql, whose
// checks and conversions cost more than most of our statements do.
type link interface {
	// query hands every row to r.
	query(ctx context.Context, text string, args []any, r receiver) error
	// exec returns how many rows it concerned.
	exec(ctx context.Context, text string, args []any) (int64, error)
	// enqueue adds tasks to the queue.
	enqueue(ctx context.Context, tasks []river.InsertManyParams) error
}

// A liteLink is a connection to SQLite that writes; see readLink. A statement of ours takes less time than to
// watch a context, so it is looked at before each.
type liteLink struct {
	conn *keepingConn
	jobs inserter[*sql.Tx]
	tx   *sql.Tx
}

func (l *liteLink) query(ctx context.Context, text string, args []any, r receiver) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	rows, err := l.conn.QueryContext(context.WithoutCancel(ctx), text, ordinals(args))
	if err != nil {
		return err
	}
	names := rows.Columns()
	r.columns(names)
	values := make([]driver.Value, len(names))
	for {
		if err = rows.Next(values); err == nil {
			err = r.row(values)
		}
		if err != nil {
			break
		}
	}
	if closed := rows.Close(); errors.Is(err, io.EOF) {
		err = closed
	}
	return err
}

func (l *liteLink) exec(ctx context.Context, text string, args []any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	r, err := l.conn.ExecContext(context.WithoutCancel(ctx), text, ordinals(args))
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (l *liteLink) enqueue(ctx context.Context, tasks []river.InsertManyParams) error {
	_, err := l.jobs.InsertManyFastTx(ctx, l.tx, tasks)
	return err
}

var errReading = errors.New("store: a transaction for reading enqueues nothing")

func ordinals(args []any) []driver.NamedValue {
	out := make([]driver.NamedValue, len(args))
	for i, v := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return out
}

// A pgLink is a connection to PostgreSQL.
type pgLink struct {
	conn *pgx.Conn
	jobs inserter[pgx.Tx]
	tx   pgx.Tx // nil if it is for reading
}

func (l *pgLink) query(ctx context.Context, text string, args []any, r receiver) error {
	rows, err := l.conn.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var values []driver.Value
	for rows.Next() {
		fields := rows.FieldDescriptions()
		if values == nil {
			values = make([]driver.Value, len(fields))
			r.columns(fieldNames(fields))
		}
		for i, raw := range rows.RawValues() {
			if values[i], err = decode(l.conn.TypeMap(), &fields[i], raw); err != nil {
				return err
			}
		}
		if err := r.row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func fieldNames(fields []pgconn.FieldDescription) []string {
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].Name
	}
	return names
}

func (l *pgLink) exec(ctx context.Context, text string, args []any) (int64, error) {
	tag, err := l.conn.Exec(ctx, text, args...)
	return tag.RowsAffected(), err
}

func (l *pgLink) enqueue(ctx context.Context, tasks []river.InsertManyParams) error {
	if l.tx == nil {
		return errReading
	}
	_, err := l.jobs.InsertManyTx(ctx, l.tx, tasks) // it takes the lock of a task that is there: see Drain
	return err
}

// pgEpoch is where PostgreSQL's time begins.
var pgEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// decode reads the few types that our columns have by itself, and leaves the others
// to pgx.
func decode(m *pgtype.Map, f *pgconn.FieldDescription, raw []byte) (driver.Value, error) {
	if raw == nil {
		return nil, nil
	}
	switch f.DataTypeOID {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.NameOID, pgtype.UnknownOID, pgtype.JSONOID:
		return string(raw), nil
	}
	if f.Format == pgtype.BinaryFormatCode {
		switch f.DataTypeOID {
		case pgtype.Int8OID:
			return int64(binary.BigEndian.Uint64(raw)), nil
		case pgtype.Int4OID:
			return int64(int32(binary.BigEndian.Uint32(raw))), nil
		case pgtype.Int2OID:
			return int64(int16(binary.BigEndian.Uint16(raw))), nil
		case pgtype.BoolOID:
			return raw[0] != 0, nil
		case pgtype.Float8OID:
			return math.Float64frombits(binary.BigEndian.Uint64(raw)), nil
		case pgtype.ByteaOID:
			return append([]byte{}, raw...), nil
		case pgtype.TimestampOID, pgtype.TimestamptzOID:
			if micros := int64(binary.BigEndian.Uint64(raw)); micros != math.MaxInt64 && micros != math.MinInt64 {
				return time.UnixMicro(pgEpoch.UnixMicro() + micros).UTC(), nil
			}
		}
	}
	return decodeOther(m, f, raw)
}

func decodeOther(m *pgtype.Map, f *pgconn.FieldDescription, raw []byte) (driver.Value, error) {
	t, ok := m.TypeForOID(f.DataTypeOID)
	if !ok {
		return string(raw), nil
	}
	v, err := t.Codec.DecodeDatabaseSQLValue(m, f.DataTypeOID, f.Format, raw)
	return v, err
}

// An inserter puts tasks into the queue.
type inserter[T any] interface {
	InsertManyFastTx(ctx context.Context, tx T, params []river.InsertManyParams) (int, error)
	InsertManyTx(ctx context.Context, tx T, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
}
