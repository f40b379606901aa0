import Docker from "dockerode";

/** Everything on the engine that carries a bottle's label, by kind and name. */
export async function remainsOf(slug: string): Promise<string[]> {
  const docker = new Docker();
  const filters = { label: [`bot-bottle.slug=${slug}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names[0]}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
  ];
}
