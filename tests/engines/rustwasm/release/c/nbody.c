#include <math.h>

#define YEAR 365.24
#define SUN 39.47841760435743
#define BODIES 5

struct body { double x, y, z, vx, vy, vz, mass; };

static const struct body START[BODIES] = {
    {0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SUN},
    {4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694 * YEAR,
     0.00769901118419740425 * YEAR, -0.0000690460016972063023 * YEAR, 0.000954791938424326609 * SUN},
    {8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411822 * YEAR,
     0.00499852801234917238 * YEAR, 0.0000230417297573763929 * YEAR, 0.000285885980666130812 * SUN},
    {12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618 * YEAR,
     0.00237847173959480950 * YEAR, -0.0000296589568540237556 * YEAR, 0.0000436624404335156298 * SUN},
    {15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322 * YEAR,
     0.00162824170038242295 * YEAR, -0.0000951592254519715870 * YEAR, 0.0000515138902046611451 * SUN},
};

static void offset_momentum(struct body *bodies) {
    double px = 0.0, py = 0.0, pz = 0.0;
    for (int i = 0; i < BODIES; i++) {
        px += bodies[i].vx * bodies[i].mass;
        py += bodies[i].vy * bodies[i].mass;
        pz += bodies[i].vz * bodies[i].mass;
    }
    bodies[0].vx = -px / SUN;
    bodies[0].vy = -py / SUN;
    bodies[0].vz = -pz / SUN;
}

static void advance(struct body *bodies, double dt) {
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            struct body *a = &bodies[i], *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double squared = dx * dx + dy * dy + dz * dz;
            double magnitude = dt / (squared * sqrt(squared));
            double ma = a->mass, mb = b->mass;
            a->vx -= dx * mb * magnitude;
            a->vy -= dy * mb * magnitude;
            a->vz -= dz * mb * magnitude;
            b->vx += dx * ma * magnitude;
            b->vy += dy * ma * magnitude;
            b->vz += dz * ma * magnitude;
        }
    for (int i = 0; i < BODIES; i++) {
        bodies[i].x += dt * bodies[i].vx;
        bodies[i].y += dt * bodies[i].vy;
        bodies[i].z += dt * bodies[i].vz;
    }
}

static double energy(const struct body *bodies) {
    double total = 0.0;
    for (int i = 0; i < BODIES; i++) {
        const struct body *a = &bodies[i];
        total += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (int j = i + 1; j < BODIES; j++) {
            const struct body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            total -= a->mass * b->mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return total;
}

unsigned work(unsigned steps) {
    struct body system[BODIES];
    for (int i = 0; i < BODIES; i++) system[i] = START[i];
    offset_momentum(system);
    for (unsigned step = 0; step < steps; step++) advance(system, 0.01);
    return (unsigned)(energy(system) * -1e9);
}
